import type { ScoreBreakdown } from '../../domain/evidence.ts';

/** The legs that find documents. `exact` is not one of them: it orders, it is not averaged. */
export type Leg = 'dense' | 'lexical' | 'signals';

/**
 * Weights of the mean. Signals are structured evidence of the anomaly itself, so they weigh twice as much as all words
 * (`npm run eval -- digests`). What dense has of the words is measured for the bundled model (`npm run eval -- fusion`);
 * a stronger model deserves more.
 */
const LEG_WEIGHTS: Readonly<Record<Leg, number>> = { dense: 0.35, lexical: 0.65, signals: 2 };

/**
 * Where the query names a document, naming decides and the mean orders within: half of the scale for each, so that
 * no resemblance outranks a name.
 */
const EXACT_SHARE = 0.5;

/** Min–max scaling over the candidates of one leg; a leg that found a single height gives 1 to all. */
export function scaleMinMax(scores: ReadonlyMap<string, number>): Map<string, number> {
  const values = [...scores.values()];
  const low = Math.min(...values);
  const spread = Math.max(...values) - low;
  return new Map([...scores].map(([key, score]) => [key, spread === 0 ? 1 : (score - low) / spread]));
}

/**
 * Weighted mean of the scaled legs; a leg that did not find a document counts 0 for it, a leg that found nothing at
 * all is left out. Measured better than reciprocal rank fusion, which falls below BM25 when a leg is weak
 * (docs/adr/0005-fusion.md). `exact` takes part once any candidate is named.
 */
export function fuseByScaledMean(parts: ScoreBreakdown, active: { legs: readonly Leg[]; exact: boolean }): number {
  const weight = active.legs.reduce((sum, leg) => sum + LEG_WEIGHTS[leg], 0);
  const total = active.legs.reduce((sum, leg) => sum + LEG_WEIGHTS[leg] * (parts[leg] ?? 0), 0);
  const mean = weight === 0 ? 0 : total / weight;
  return active.exact ? EXACT_SHARE * (parts.exact ?? 0) + (1 - EXACT_SHARE) * mean : mean;
}
