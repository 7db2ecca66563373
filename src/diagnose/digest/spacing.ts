import { quantile, twoProportionZ } from './robust.ts';

/** A gap shorter than this share of the median gap is a short one. */
const SHORT = 0.3;
/** What part of the gaps is that short when moments owe nothing to each other (Poisson). */
const SHORT_BY_CHANCE = 1 - 2 ** -SHORT;
const MOST_SHORT = 0.1;
const NOTABLE_Z = 2.5;

/**
 * Whether what leaves is spaced out and what came was not: somebody hands them out one by one. A delay, however it varies,
 * does not do that: what came at random leaves at random. Holds for whatever order a queue is served in.
 */
export function isSpacedOut(arrivalsUs: Float64Array, releasesUs: Float64Array): boolean {
  const arrived = listGaps(arrivalsUs);
  const released = listGaps(releasesUs);
  if (arrived.length === 0 || released.length === 0) return false;
  const limit = SHORT * quantile(released, 0.5);
  const [before, after] = [countBelow(arrived, limit), countBelow(released, limit)];
  const share = after / released.length;
  const byChance = Math.sqrt((SHORT_BY_CHANCE * (1 - SHORT_BY_CHANCE)) / released.length);
  return (
    share <= MOST_SHORT &&
    (SHORT_BY_CHANCE - share) / byChance >= NOTABLE_Z &&
    twoProportionZ({ hits: after, of: released.length }, { hits: before, of: arrived.length }) >= NOTABLE_Z
  );
}

function listGaps(momentsUs: Float64Array): Float64Array {
  const sorted = momentsUs.slice().sort();
  return sorted
    .subarray(1)
    .map((moment, index) => moment - (sorted[index] ?? 0))
    .sort();
}

function countBelow(gaps: Float64Array, limit: number): number {
  const first = gaps.findIndex((gap) => gap >= limit);
  return first < 0 ? gaps.length : first;
}
