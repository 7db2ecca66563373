import { quantile } from './robust.ts';

/** Fewer moments than this say nothing about a rate. */
export const FEWEST_MOMENTS = 10;
/** Steps that one gap spans: bursts of a few even out, and a hole between two pieces of a window touches few gaps. */
const MOST_STEPS = 5;
const MOMENTS_PER_STEP = 8;
/** Standard error of a median over that of a mean. */
const MEDIAN_PENALTY = Math.sqrt(Math.PI / 2);
const IQR_PER_SIGMA = 1.349;
/** Times √n: what the error of a rate is never believed to be below. Arrivals at random have 1.25, a metronome 0. */
const LEAST_ERROR = 0.8;
/** From here on a change of rate counts: a factor, and standard errors. Fewer than one healthy pair in fifty has both. */
const NOTABLE_Z = 2.5;

export interface Rate {
  readonly perSecond: number;
  /** Standard error of its logarithm. */
  readonly error: number;
}

/**
 * How often something happens, by the median time that a few in a row take. A mean would take the holes of a window cut from
 * several pieces for silence; the median of single gaps would take a burst for the whole. What a window leaves out at
 * random (sampling) changes the rate and not the ratio of two.
 */
export function measureRate(momentsUs: Float64Array): Rate | undefined {
  const count = momentsUs.length;
  if (count < FEWEST_MOMENTS) return undefined;
  const sorted = momentsUs.slice().sort();
  const steps = Math.max(1, Math.min(MOST_STEPS, Math.floor(count / MOMENTS_PER_STEP)));
  const gaps = Float64Array.from({ length: count - steps }, (_, at) => (sorted[at + steps] ?? 0) - (sorted[at] ?? 0));
  gaps.sort();
  const gapUs = Math.max(1, quantile(gaps, 0.5));
  const spread = (quantile(gaps, 0.75) - quantile(gaps, 0.25)) / IQR_PER_SIGMA / gapUs;
  const seen = MEDIAN_PENALTY * spread * Math.sqrt(steps / count);
  return { perSecond: (steps * 1e6) / gapUs, error: Math.max(seen, LEAST_ERROR / Math.sqrt(count)) };
}

/** Whether `after` is at least `factor` times `before`, beyond chance. */
export function isFaster(before: Rate, after: Rate, factor: number): boolean {
  const growth = Math.log(after.perSecond / before.perSecond);
  return growth >= Math.log(factor) && growth / Math.hypot(before.error, after.error) >= NOTABLE_Z;
}
