import type { App } from '../src/app.ts';
import type { Embedder } from '../src/ports.ts';
import { measureAbstention } from './abstention.ts';
import { type DataSet, type RetrievalData, toId } from './datasets.ts';
import { type Evaluation, evaluateGroup, joinEvaluations, traceCurves } from './evaluation.ts';
import { toGroup } from './questions.ts';
import { createSystems } from './systems.ts';
import { openWorkbench } from './workbench.ts';

export interface RetrievalOptions {
  readonly embedder: Embedder;
  /** Leave every part out in turn: some ten times the searches, but nothing is embedded again. */
  readonly ablates: boolean;
  /** A cross-encoder that reads the first again: a local folder or a hub id. */
  readonly reranker?: string | undefined;
  readonly onProgress?: (text: string) => void;
}

/** Every set on its own workbench, one after the other: two would only share the processor. */
export async function measureRetrieval(
  { sets, unanswerable }: RetrievalData,
  options: RetrievalOptions,
): Promise<Evaluation> {
  const parts: Evaluation[] = [];
  for (const set of sets) parts.push(await measureSet(set, unanswerable, options));
  return joinEvaluations(parts);
}

async function measureSet(
  set: DataSet,
  unanswerable: RetrievalData['unanswerable'],
  { embedder, ablates, reranker, onProgress = () => {} }: RetrievalOptions,
): Promise<Evaluation> {
  onProgress(`${set.name}: ${set.files.length} documents`);
  await using bench = await openWorkbench(set.files, embedder, reranker ? { RERANKER_MODEL: reranker } : {});
  if (reranker) await assertReads(bench.app);
  const documents = set.files.map(({ path, text }) => ({ id: toId(path), text }));
  const systems = await createSystems(documents, { app: bench.app, embedder });
  const parts: Evaluation[] = [];
  for (const variant of set.variants) {
    onProgress(`${set.name}: ${set.cases.length} questions, ${variant}`);
    const { asked, ...figures } = await evaluateGroup(toGroup(set, variant), systems, { ablates });
    parts.push({ ...figures, abstention: [], curves: [] });
    if (set.kind !== 'runbook' || variant !== 'opaque-name' || unanswerable.length === 0) continue;
    const judged = asked.map(({ answer }) => answer.answerable);
    const drivers = { app: bench.app, bm25: systems.bm25 };
    const report = await measureAbstention(set, judged, unanswerable, variant, drivers);
    parts.push({ comparisons: [], ablations: [], abstention: [report], curves: [traceCurves(report, asked)] });
  }
  return joinEvaluations(parts);
}

/** Loads the model as well, so that no question is answered without it because it was not there yet. */
const LOADING_MS = 120_000;

/** A reranker that does not work costs searches nothing, and would pass for one that gains nothing. */
async function assertReads(app: App): Promise<void> {
  const check = (await app.checkReadiness(LOADING_MS)).find(({ name }) => name === 'reranker');
  if (!check?.detail.endsWith('reads the first again'))
    throw new Error(`the reranker: ${check?.detail ?? 'is not there'}`);
}
