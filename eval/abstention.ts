import type { App } from '../src/app.ts';
import { ANSWERABLE_THRESHOLD } from '../src/diagnose/retrieve/relevance/relevance.ts';
import type { Bm25 } from './baselines.ts';
import type { Case, DataSet, Variant } from './datasets.ts';
import { type Measured, measureAuroc, measureMean } from './metrics.ts';
import { toPlainText, toSearchRequest } from './questions.ts';

/** How well is an alert that some document answers told from one that none does? */
export interface AbstentionReport {
  readonly set: string;
  readonly variant: Variant;
  readonly auroc: { readonly answerable: Measured; readonly bm25: Measured };
  /** Share of the answerable alerts that were turned away. */
  readonly falseAbstention: Measured;
  /** Share of the unanswerable alerts that were turned away. */
  readonly rightAbstention: Measured;
  /** What each was judged, for whoever draws curves of it. */
  readonly scores: { readonly answerable: readonly number[]; readonly strangers: readonly number[] };
}

/** `judged` holds the judgements of the set's own questions, all of which have an answer. */
export async function measureAbstention(
  set: DataSet,
  judged: readonly number[],
  unanswerable: readonly Case[],
  variant: Variant,
  { app, bm25 }: { readonly app: App; readonly bm25: Bm25 },
): Promise<AbstentionReport> {
  const strangers: number[] = [];
  for (const query of unanswerable) {
    const { answerable } = await app.search(toSearchRequest(query, variant, { kind: set.kind, k: 1 }));
    strangers.push(answerable.score);
  }
  const topScores = (cases: readonly Case[]) =>
    cases.map((query) => bm25.rank(toPlainText(query, variant))[0]?.score ?? 0);
  const isTurnedAway = (score: number) => (score < ANSWERABLE_THRESHOLD ? 1 : 0);
  return {
    set: set.name,
    variant,
    auroc: {
      answerable: measureAuroc(judged, strangers),
      bm25: measureAuroc(topScores(set.cases), topScores(unanswerable)),
    },
    falseAbstention: measureMean(judged.map(isTurnedAway)),
    rightAbstention: measureMean(strangers.map(isTurnedAway)),
    scores: { answerable: judged, strangers },
  };
}
