import { DiagnosisRequest } from '../src/domain/request.ts';
import type { Embedder } from '../src/ports.ts';
import { type NamedCause, voteByBm25, voteByCosine } from './digest-baselines.ts';
import {
  type DigestCase,
  digestFile,
  listProtocols,
  listSignals,
  type Protocol,
  type Round,
  readDigestCases,
  toPostmortem,
} from './digest-cases.ts';
import { openBundledEmbedder } from './memo-embedder.ts';
import { type Measured, measureMean } from './metrics.ts';
import { openWorkbench } from './workbench.ts';

export { digestFile };

export interface DigestReport {
  readonly system: string;
  readonly protocol: string;
  readonly method: string;
  readonly pastIncidents: number;
  /** Share of cases whose best hypothesis names the right service, category, and both. */
  readonly service: Measured;
  readonly category: Measured;
  readonly both: Measured;
  /** Share of cases left unanswered. */
  readonly abstained: Measured;
  /** Share of cases in which a precedent that is cited for the best hypothesis had that very cause. */
  readonly backed: Measured;
}

interface Outcome {
  readonly cause: NamedCause | undefined;
  readonly isAbstained: boolean;
  readonly isBacked: boolean;
}

/** Anomaly digests as alerts without words: does the whole pipeline name the culprit by precedent? */
export async function measureDigests(file: string): Promise<DigestReport[]> {
  await using embedder = openBundledEmbedder();
  const reports: DigestReport[] = [];
  for (const protocol of listProtocols(readDigestCases(file))) {
    const simple = (method: typeof voteByBm25) => async (round: Round) =>
      method(round).map((cause) => ({ cause, isAbstained: cause === undefined, isBacked: cause !== undefined }));
    reports.push(
      await measure(protocol, 'BM25, 5 nearest vote', simple(voteByBm25)),
      await measure(protocol, 'IDF cosine, 8 nearest vote', simple(voteByCosine)),
      await measure(protocol, '**precedent engine**', (round) => diagnoseAll(round, embedder)),
    );
  }
  return reports;
}

async function measure(
  { system, name, rounds }: Protocol,
  method: string,
  answer: (round: Round) => Promise<readonly Outcome[]>,
): Promise<DigestReport> {
  const judged: { row: DigestCase; outcome: Outcome }[] = [];
  for (const round of rounds) {
    const outcomes = await answer(round);
    for (const [at, outcome] of outcomes.entries()) {
      const row = round.asked[at];
      if (row) judged.push({ row, outcome });
    }
  }
  const share = (holds: (row: DigestCase, outcome: Outcome) => boolean) =>
    measureMean(judged.map(({ row, outcome }) => Number(holds(row, outcome))));
  const isService = (row: DigestCase, { cause }: Outcome) => cause?.service === row.root_cause_service;
  const isCategory = (row: DigestCase, { cause }: Outcome) => cause?.category === row.fault_type;
  return {
    system,
    protocol: name,
    method,
    pastIncidents: rounds[0]?.past.length ?? 0,
    service: share(isService),
    category: share(isCategory),
    both: share((row, outcome) => isService(row, outcome) && isCategory(row, outcome)),
    abstained: share((_, { isAbstained }) => isAbstained),
    backed: share((_, { isBacked }) => isBacked),
  };
}

async function diagnoseAll({ past, asked }: Round, embedder: Embedder): Promise<Outcome[]> {
  await using workbench = await openWorkbench(past.map(toPostmortem), embedder);
  const causes = new Map(past.map((row) => [`incident:${row.id}`, row]));
  const outcomes: Outcome[] = [];
  for (const row of asked) {
    const { kind, hypotheses } = await workbench.app.desk.complete(toDiagnosisRequest(row));
    const [best] = hypotheses;
    const cited = best?.citations.flatMap(({ document }) => causes.get(document) ?? []) ?? [];
    outcomes.push({
      cause: best && { service: best.service ?? '', category: best.category },
      isAbstained: kind === 'abstained',
      isBacked: cited.some((one) => one.root_cause_service === best?.service && one.fault_type === best?.category),
    });
  }
  return outcomes;
}

/** An alert that says nothing, beside what was anomalous. */
export function toDiagnosisRequest(row: DigestCase): DiagnosisRequest {
  return DiagnosisRequest.parse({
    alert: { labels: { alertname: 'Anomaly' } },
    traceDigest: { signals: listSignals(row) },
  });
}
