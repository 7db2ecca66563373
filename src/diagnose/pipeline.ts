import type { Diagnosis, Provenance } from '../domain/diagnosis.ts';
import type { Answerable } from '../domain/evidence.ts';
import { alertGroupOf, type DiagnosisQuestion, toTraceDigest } from '../domain/request.ts';
import type { TraceDigest } from '../domain/trace.ts';
import type { Clock, Embedder } from '../ports.ts';
import { answer } from './answer.ts';
import type { BackedCause } from './causes/causes.ts';
import { scoreConfidence } from './confidence/score.ts';
import { digestAnalysis } from './digest/digest.ts';
import type { Evidence, RankedIncident, RankedRunbook } from './evidence.ts';
import { fetchTraces, type TraceFetch } from './fetch-traces.ts';
import { normalise } from './normalise.ts';
import { withBackers } from './predict/backers.ts';
import { type LlmPorts, predict } from './predict/predict.ts';
import type { Knowledge } from './retrieve/knowledge.ts';
import { buildQuery } from './retrieve/query.ts';
import { embedQuery, type Retrieval, type RetrievePorts, retrieve } from './retrieve/retrieve.ts';
import type { Situation } from './situation.ts';

const RUNBOOKS = 5;

export interface StageReport {
  readonly stage: string;
  readonly ms: number;
}

export type StageObserver = (report: StageReport) => void;

export interface DiagnosePorts extends LlmPorts, RetrievePorts {
  readonly embedder: Embedder;
  readonly now: Clock;
  readonly newId: () => string;
  /** Absent when no store of traces is configured. */
  readonly fetchTraces?: TraceFetch;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
}

/**
 * The read path: normalise → digest → retrieve → predict → score → answer. What fails on the way to a better answer (the
 * traces, the LLM) degrades and says so in the provenance; what the answer cannot do without (index, embedder) throws.
 */
export async function diagnose(
  request: DiagnosisQuestion,
  knowledge: Knowledge,
  ports: DiagnosePorts,
  options: { readonly id?: string; readonly onStage?: StageObserver; readonly signal?: AbortSignal } = {},
): Promise<Diagnosis> {
  const { stage, timings } = createStageClock(ports.elapsed, options.onStage);
  const asOf = request.asOf === undefined ? undefined : new Date(request.asOf);
  const { knownServices } = knowledge;
  const situation = await stage('normalise', () => normalise(alertGroupOf(request), { knownServices, asOf }));
  const fetched = ports.fetchTraces
    ? await stage('traces', () => fetchTraces(request, situation, ports, options.signal))
    : {};
  const digest = await stage('digest', () => digestOf({ ...request, ...fetched }, situation, knowledge));
  const retrieval = await stage('retrieve', () =>
    retrieveBoth(request, situation, digest, knowledge, ports, options.signal),
  );
  const evidence = toEvidence(situation, digest, retrieval, knowledge);
  const { prediction, attempts } = await stage('predict', () =>
    predict(evidence, request.options.engine, ports, options.signal),
  );
  const degraded = [...(fetched.missing === undefined ? [] : [fetched.missing]), ...retrieval.degraded];
  const confidence = await stage('score', () => scoreConfidence(evidence, prediction, retrieval.answerable, 0));
  return answer(
    { evidence, prediction, confidence, answerable: retrieval.answerable },
    {
      id: options.id ?? ports.newId(),
      createdAt: ports.now(),
      provenance: toProvenance(knowledge, timings, { attempts, degraded, traces: fetched.asked }),
    },
  );
}

/** Times each stage and tells the one observer; the timings travel in the answer's provenance. */
function createStageClock(elapsed: () => number, onStage: StageObserver = () => {}) {
  const timings: Record<string, number> = {};
  const stage = async <T>(name: string, run: () => T | Promise<T>): Promise<T> => {
    const start = elapsed();
    const result = await run();
    const ms = Math.round((elapsed() - start) * 100) / 100;
    timings[name] = ms;
    onStage({ stage: name, ms });
    return result;
  };
  return { stage, timings };
}

/** The digest of the traces, brought or fetched, else the digest that the caller made, else none. */
function digestOf(request: DiagnosisQuestion, situation: Situation, { graph }: Knowledge): TraceDigest | undefined {
  const { analysis, traceDigest } = request;
  if (analysis === undefined) return traceDigest === undefined ? undefined : toTraceDigest(traceDigest);
  return digestAnalysis(analysis, { graph, alertingServices: situation.services });
}

interface Retrieved {
  readonly incidents: Retrieval;
  readonly runbooks: Retrieval;
  readonly answerable: Answerable;
  readonly degraded: string[];
  readonly causes: readonly BackedCause[];
}

/** Precedents and runbooks are asked for apart: each kind has its own scale, and neither may crowd out the other. */
async function retrieveBoth(
  request: DiagnosisQuestion,
  situation: Situation,
  digest: TraceDigest | undefined,
  knowledge: Knowledge,
  ports: DiagnosePorts,
  signal: AbortSignal | undefined,
): Promise<Retrieved> {
  const now = ports.now();
  // Precedents vote, and each keeps its whole say: only where they are shown as examples are they spread by category.
  const without = new Set(['diversity' as const]);
  const incidentQuery = buildQuery(situation, digest, { kinds: ['incident'], k: request.options.k, now, without });
  const runbookQuery = buildQuery(situation, digest, { kinds: ['runbook'], k: RUNBOOKS, now });
  const vector = embedQuery(incidentQuery, ports, signal);
  const [incidents, runbooks, causes] = await Promise.all([
    retrieve(incidentQuery, vector, knowledge, ports, signal),
    retrieve(runbookQuery, vector, knowledge, ports, signal),
    knowledge.causes.explain(incidentQuery.signals, incidentQuery.asOf),
  ]);
  const degraded = [...new Set([...incidents.degraded, ...runbooks.degraded])];
  return { incidents, runbooks, answerable: incidents.answerable, degraded, causes };
}

function toEvidence(
  situation: Situation,
  digest: TraceDigest | undefined,
  { incidents, runbooks, causes }: Retrieved,
  { graph }: Knowledge,
): Evidence {
  const precedents = incidents.results.flatMap(({ document, ...row }): RankedIncident[] =>
    document.kind === 'incident' ? [{ incident: document, ...row }] : [],
  );
  const ranked = runbooks.results.flatMap(({ document, score, relevance, scores, source, excerpt }): RankedRunbook[] =>
    document.kind === 'runbook' ? [{ runbook: document, score, relevance, scores, source, excerpt }] : [],
  );
  return { situation, digest, precedents: withBackers(precedents, causes), runbooks: ranked, graph, causes };
}

function toProvenance(
  { generation }: Knowledge,
  timings: Record<string, number>,
  {
    attempts,
    degraded,
    traces,
  }: { attempts: NonNullable<Provenance['attempts']>; degraded: string[]; traces: Provenance['traces'] },
): Provenance {
  return {
    generation: generation.key,
    knowledgeSha: describeSources(generation.sources),
    model: generation.model,
    timings,
    ...(attempts.length === 0 ? {} : { attempts }),
    ...(traces === undefined ? {} : { traces }),
    ...(degraded.length === 0 ? {} : { degraded }),
  };
}

/** One source: its commit. Several: `name@commit` of each. Null when none of them is in git. */
function describeSources(sources: Knowledge['generation']['sources']): string | null {
  const known = sources.filter(({ sha }) => sha !== undefined);
  if (known.length === 0) return null;
  return known.map(({ name, sha }) => (known.length === 1 ? sha : `${name}@${sha}`)).join(' ');
}
