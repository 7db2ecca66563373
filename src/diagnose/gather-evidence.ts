import { type Incident, keyOf } from '../domain/document.ts';
import type { Answerable } from '../domain/evidence.ts';
import type { DiagnosisQuestion } from '../domain/request.ts';
import type { TraceDigest } from '../domain/trace.ts';
import type { Clock, Embedder } from '../ports.ts';
import type { BackedCause, JudgedNovelty } from './causes/causes.ts';
import type { CauseChances } from './causes/chances.ts';
import type { Evidence, RankedIncident, RankedRunbook } from './evidence.ts';
import { withBackers } from './predict/backers.ts';
import { traceSupport } from './predict/vote.ts';
import { isKnownAsOf } from './retrieve/filter.ts';
import type { Knowledge } from './retrieve/knowledge.ts';
import { buildQuery, type RetrievalQuery } from './retrieve/query.ts';
import { embedQuery, type Retrieval, type RetrievePorts, retrieve } from './retrieve/retrieve.ts';
import type { Situation } from './situation.ts';

const RUNBOOKS = 5;

/** What is asked about. */
export interface Asked {
  readonly request: DiagnosisQuestion;
  readonly situation: Situation;
  readonly digest: TraceDigest | undefined;
}

export interface Gathered {
  readonly evidence: Evidence;
  readonly answerable: Answerable;
  /** What could not be done, in words. */
  readonly degraded: readonly string[];
}

/** Precedents and runbooks are asked for apart: each kind has its own scale, and neither may crowd out the other. */
export async function gatherEvidence(
  asked: Asked,
  knowledge: Knowledge,
  ports: RetrievePorts & { readonly embedder: Embedder; readonly now: Clock },
  signal?: AbortSignal,
): Promise<Gathered> {
  const { request, situation, digest } = asked;
  const history = historyOf(request);
  const now = ports.now();
  const incidentQuery = buildQuery(situation, digest, {
    kinds: ['incident'],
    k: request.options.k,
    now,
    ...history,
    // Precedents vote, and each keeps its whole say: only where they are shown as examples are they spread by category.
    without: new Set([...history.without, 'diversity']),
  });
  const runbookQuery = buildQuery(situation, digest, { kinds: ['runbook'], k: RUNBOOKS, now, ...history });
  const vector = embedQuery(incidentQuery, ports, signal);
  const [incidents, runbooks, causes, chances, novelty] = await Promise.all([
    retrieve(incidentQuery, vector, knowledge, ports, signal),
    retrieve(runbookQuery, vector, knowledge, ports, signal),
    knowledge.causes.explain(incidentQuery.signals, incidentQuery),
    knowledge.causes.weigh(incidentQuery.signals, incidentQuery),
    knowledge.causes.judgeNovelty(incidentQuery.signals, incidentQuery, (service) => traceSupport(service, digest)),
  ]);
  return {
    evidence: layOut(asked, { incidents, runbooks, causes, chances, novelty }, knowledge),
    answerable: incidents.answerableReviewed,
    degraded: [...new Set([...incidents.degraded, ...runbooks.degraded])],
  };
}

/**
 * What must not be known. Without a day nobody can say which verdicts came before an incident that is asked anew, and one
 * on that very incident would give its cause away.
 */
function historyOf({
  withheld,
  asOf,
}: DiagnosisQuestion): Pick<RetrievalQuery, 'without'> & { withheld?: readonly string[] } {
  if (withheld === undefined) return { without: new Set() };
  return { withheld, without: new Set(asOf === undefined ? ['feedback'] : []) };
}

interface Found {
  readonly incidents: Retrieval;
  readonly runbooks: Retrieval;
  readonly causes: readonly BackedCause[];
  readonly chances: CauseChances | undefined;
  readonly novelty: JudgedNovelty | undefined;
}

function layOut(
  { request, situation, digest }: Asked,
  { incidents, runbooks, causes, chances, novelty }: Found,
  { graph, supersededRunbooks, documents }: Knowledge,
): Evidence {
  const precedents = incidents.results.flatMap(({ document, ...row }): RankedIncident[] =>
    document.kind === 'incident' ? [{ incident: asKnownThen(document, request, documents), ...row }] : [],
  );
  const ranked = runbooks.results.flatMap(({ document, score, relevance, scores, source, excerpt }): RankedRunbook[] =>
    document.kind === 'runbook' ? [{ runbook: document, score, relevance, scores, source, excerpt }] : [],
  );
  const superseded = new Map([
    ...ranked.flatMap(({ runbook: { id } }) => toSuccessor('runbook', id, supersededRunbooks.get(id))),
    ...precedents.flatMap(({ incident: { id, supersededBy } }) => toSuccessor('incident', id, supersededBy)),
  ]);
  return {
    situation,
    digest,
    precedents: withBackers(precedents, causes),
    runbooks: ranked,
    graph,
    causes,
    chances,
    novelty,
    superseded,
  };
}

/** As of a day before what corrects it, and where that is withheld, nobody knows better. */
function asKnownThen(
  incident: Incident,
  { asOf, withheld = [] }: DiagnosisQuestion,
  documents: Knowledge['documents'],
): Incident {
  const { supersededBy, ...rest } = incident;
  if (supersededBy === undefined) return incident;
  const successor = documents.get(keyOf({ kind: 'incident', id: supersededBy }));
  const isLater = asOf !== undefined && !(successor?.kind === 'incident' && isKnownAsOf(successor, new Date(asOf)));
  return isLater || withheld.includes(supersededBy) ? rest : incident;
}

/** Both as document keys. */
function toSuccessor(kind: 'runbook' | 'incident', id: string, successor: string | undefined): [string, string][] {
  return successor === undefined ? [] : [[keyOf({ kind, id }), keyOf({ kind, id: successor })]];
}
