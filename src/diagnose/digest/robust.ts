/** Median and quartiles instead of mean and σ: an onset 60 s late ruins σ and leaves these standing (BARO; RCAEval). */

/** A normal distribution's IQR is 1.349 σ. */
const IQR_PER_SIGMA = 1.349;
/** What two healthy windows differ by anyway: no sample size makes such a difference meaningful. */
const FLOOR_MS = 0.1;
const FLOOR_SHARE = 0.08;
/**
 * What is believed of a spread before anything was seen: 30 % of the median, with the weight of four observations. One
 * trace per window has no IQR, and 10 ms → 13 ms in single requests must not look like a shift of twelve sigmas.
 */
const PRIOR_SHARE = 0.3;
const PRIOR_WEIGHT = 4;
const RATE_DRIFT = 0.25;
/** Two healthy windows differ by this much in the share of slow spans. */
const TAIL_DRIFT = 0.02;
/** Standard error of a median over that of a mean. */
const MEDIAN_PENALTY = Math.sqrt(Math.PI / 2);
const DECILE_MIDDLES = [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95] as const;

export interface Shift {
  /** Standard errors between the medians; positive when it grew. */
  readonly medianZ: number;
  /** Standard errors between the shares above what was high before: sees what hits one request in five. */
  readonly tailZ: number;
  /** How much longer one span takes, over all deciles: robust, and yet no blind spot for the tail. */
  readonly meanMs: number;
  /** The median's growth in spreads of a single observation. */
  readonly effect: number;
}

/** Linear interpolation between order statistics. `sorted` must be ascending. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) return 0;
  const position = (sorted.length - 1) * p;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** `max(IQR / 1.349, 8 % of the median, 0.1 ms)`, drawn towards the prior while the sample is small. */
export function spreadOf(sorted: ArrayLike<number>): number {
  const median = quantile(sorted, 0.5);
  const prior = PRIOR_SHARE * median;
  const shrunk = Math.sqrt(
    (sorted.length * seenSpread(sorted) ** 2 + PRIOR_WEIGHT * prior ** 2) / (sorted.length + PRIOR_WEIGHT),
  );
  return Math.max(shrunk, floorOf(median));
}

/**
 * The larger of what a normal sample's spread says and of what the order statistics one binomial σ around the middle say.
 * The second sees two humps, where the median jumps from one to the other by chance: spans that sometimes lost a child.
 */
function medianError(sorted: ArrayLike<number>, spread: number): number {
  const step = 0.5 / Math.sqrt(sorted.length);
  const around = (quantile(sorted, Math.min(1, 0.5 + step)) - quantile(sorted, Math.max(0, 0.5 - step))) / 2;
  return Math.max((MEDIAN_PENALTY * spread) / Math.sqrt(sorted.length), around);
}

function seenSpread(sorted: ArrayLike<number>): number {
  return (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / IQR_PER_SIGMA;
}

function floorOf(median: number): number {
  return Math.max(FLOOR_SHARE * median, FLOOR_MS);
}

/** How a sample of milliseconds moved between two windows. Both must be ascending and not empty. */
export function measureShift(before: Float64Array, after: Float64Array): Shift {
  const medianBefore = quantile(before, 0.5);
  const delta = quantile(after, 0.5) - medianBefore;
  const spreadBefore = spreadOf(before);
  // If nothing had changed, the sample after would spread as the one before: that, not the prior, is its least spread.
  const spreadAfter = Math.max(seenSpread(after), spreadBefore);
  const sampling = Math.hypot(medianError(before, spreadBefore), medianError(after, spreadAfter));
  const high = Math.max(quantile(before, 0.95), medianBefore + 3 * spreadBefore);
  const meanMs =
    DECILE_MIDDLES.reduce((sum, p) => sum + quantile(after, p) - quantile(before, p), 0) / DECILE_MIDDLES.length;
  return {
    medianZ: toNormal(
      delta / Math.hypot(sampling, floorOf(medianBefore)),
      before.length + after.length - 2 + PRIOR_WEIGHT,
    ),
    tailZ: twoProportionZ(
      { hits: countAbove(before, high), of: before.length },
      { hits: countAbove(after, high), of: after.length },
      TAIL_DRIFT,
    ),
    meanMs,
    effect: delta / spreadBefore,
  };
}

/** What a Student's t of few observations is worth on the scale of many: spreads seen by few are small by chance (Wallace). */
function toNormal(t: number, freedom: number): number {
  return Math.sign(t) * Math.sqrt(freedom * Math.log1p(t ** 2 / freedom)) * (1 - 3 / (8 * freedom + 3));
}

export interface Proportion {
  readonly hits: number;
  readonly of: number;
}

/**
 * Pooled two-proportion z with half a success added to each side, so that 0 of 3 is not certainty. `drift` is the
 * difference between two healthy windows that no sample size makes meaningful; where the rate was high before, a quarter
 * of it comes on top.
 */
export function twoProportionZ(before: Proportion, after: Proportion, drift = 0): number {
  if (before.of === 0 || after.of === 0) return 0;
  const rateBefore = (before.hits + 0.5) / (before.of + 1);
  const delta = (after.hits + 0.5) / (after.of + 1) - rateBefore;
  const pooled = (before.hits + after.hits + 1) / (before.of + after.of + 2);
  const sampling = Math.sqrt(pooled * (1 - pooled) * (1 / (before.of + 1) + 1 / (after.of + 1)));
  return delta / Math.hypot(sampling, drift + (drift > 0 ? RATE_DRIFT * (before.hits / before.of) : 0));
}

/**
 * The signed root of the likelihood ratio of two rates: keener than `twoProportionZ` where something never happened
 * before. `drift` is taken off the hits after.
 */
export function likelihoodZ(before: Proportion, after: Proportion, drift: number): number {
  const hits = Math.max(0, after.hits - drift * after.of);
  if (before.of === 0 || after.of === 0 || hits / after.of <= before.hits / before.of) return 0;
  const apart = logLikelihood(before.hits, before.of) + logLikelihood(hits, after.of);
  return Math.sqrt(2 * Math.max(0, apart - logLikelihood(before.hits + hits, before.of + after.of)));
}

function logLikelihood(hits: number, of: number): number {
  const part = (count: number) => (count > 0 ? count * Math.log(count / of) : 0);
  return part(hits) + part(of - hits);
}

/** Binary search: `sorted` is ascending. */
function countAbove(sorted: Float64Array, bound: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) > bound) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}
