/** The legs that find documents. `exact` is not one of them: it orders, it is not averaged. */
export type Leg = 'dense' | 'lexical' | 'signals';

/**
 * What the dense leg has of the words' say, by embedding model (its folder's or the hub's name); measured by
 * `npm run eval -- fusion` with that model. A model that nobody has measured gets the cautious share: a dense leg that is
 * trusted too little costs less than one that is trusted too much.
 */
const DENSE_SHARES: ReadonlyMap<string, number> = new Map([['runbook-embed-small', 0.35]]);
const UNMEASURED_DENSE_SHARE = 0.35;

/** Signals are structured evidence of the anomaly itself, so they weigh twice as much as all words (`eval -- digests`). */
const SIGNALS_WEIGHT = 2;

/**
 * Where the query names a document, naming decides and the mean orders within: half of the scale for each, so that
 * no resemblance outranks a name.
 */
const EXACT_SHARE = 0.5;

export type LegWeights = Readonly<Record<Leg, number>>;

/** Weights of the mean, 0 for a leg that found nothing at all: it is left out and takes nothing away. */
export function weighLegs(
  legs: readonly Leg[],
  { id }: { readonly id: string },
  denseShare: number = DENSE_SHARES.get(id) ?? UNMEASURED_DENSE_SHARE,
): LegWeights {
  const weight = { dense: denseShare, lexical: 1 - denseShare, signals: SIGNALS_WEIGHT };
  const total = legs.reduce((sum, leg) => sum + weight[leg], 0);
  const share = (leg: Leg) => (legs.includes(leg) && total > 0 ? weight[leg] / total : 0);
  return { dense: share('dense'), lexical: share('lexical'), signals: share('signals') };
}

/** Min–max scaling: the worst candidate of a leg is 0, its best 1; a leg that found a single height gives 1 to all. */
export function createScale(low: number, high: number): (score: number) => number {
  return (score) => (high === low ? 1 : (score - low) / (high - low));
}

/**
 * Weighted mean of the scaled legs, times what the boosts leave of it; a leg that did not find a document counts 0 for it. Measured better than reciprocal
 * rank fusion, which falls below BM25 when a leg is weak (docs/adr/0005-fusion.md). `exact` takes part once any candidate
 * is named; boosts cannot touch it, so a name stays above every resemblance.
 */
export function fuseByScaledMean(
  parts: { readonly [Part in Leg | 'exact']?: number | undefined },
  weights: LegWeights,
  isAnyNamed: boolean,
  factor = 1,
): number {
  const { exact = 0, dense = 0, lexical = 0, signals = 0 } = parts;
  const mean = factor * (weights.dense * dense + weights.lexical * lexical + weights.signals * signals);
  return isAnyNamed ? EXACT_SHARE * exact + (1 - EXACT_SHARE) * mean : mean;
}
