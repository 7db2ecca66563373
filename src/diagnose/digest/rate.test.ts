import { describe, expect, it } from 'vitest';
import { createRandom } from '../../testing/trace-random.ts';
import { isFaster, measureRate, type Rate } from './rate.ts';

type Gap = (random: () => number, perSecond: number) => number;
const atRandom: Gap = (random, perSecond) => -Math.log(1 - random()) / perSecond;
const evenly: Gap = (random, perSecond) => (0.8 + 0.4 * random()) / perSecond;
/** Five at once, then nothing for as long as five take. */
const inBursts: Gap = (random, perSecond) => (random() < 0.8 ? 0.002 : atRandom(random, perSecond / 5));
/** A window cut from a few pieces, with long holes between them. */
const inPieces: Gap = (random, perSecond) => atRandom(random, perSecond) + (random() < 0.015 ? 500 : 0);

function momentsOf(seed: number, count: number, perSecond: number, gap: Gap): Float64Array {
  const random = createRandom(seed);
  let seconds = 1_760_000_000;
  return Float64Array.from({ length: count }, () => {
    seconds += gap(random, perSecond);
    return seconds * 1e6;
  });
}

function rateOf(moments: Float64Array): Rate {
  const rate = measureRate(moments);
  if (!rate) throw new Error('too few moments');
  return rate;
}

/** How often of 200 pairs of windows, of 100 and 60 moments, the second is called faster. */
function shareFaster(growth: number, gap: Gap, gapAfter = gap): number {
  const pairs = Array.from({ length: 200 }, (_, seed) => [
    rateOf(momentsOf(seed + 1, 100, 2, gap)),
    rateOf(momentsOf(seed + 5001, 60, 2 * growth, gapAfter)),
  ]);
  return pairs.filter(([before, after]) => before && after && isFaster(before, after, 1.5)).length / pairs.length;
}

describe('a rate', () => {
  it('is what it is', () => {
    expect(rateOf(momentsOf(1, 400, 3, evenly)).perSecond).toBeCloseTo(3, 0);
    expect(rateOf(momentsOf(1, 400, 3, inPieces)).perSecond).toBeCloseTo(3, 0);
  });

  it('does not depend on the order in which moments are told', () => {
    const moments = momentsOf(7, 50, 2, atRandom);
    expect(measureRate(moments.slice().reverse())).toEqual(measureRate(moments));
  });

  it('says nothing of fewer than ten moments', () => {
    expect(measureRate(momentsOf(1, 9, 2, evenly))).toBeUndefined();
    expect(measureRate(momentsOf(1, 10, 2, evenly))).toBeDefined();
  });

  it('keeps its growth when one moment of ten is known', () => {
    const sample = (moments: Float64Array, seed: number) => {
      const random = createRandom(seed);
      return moments.filter(() => random() < 0.1);
    };
    const before = rateOf(sample(momentsOf(1, 2000, 2, atRandom), 3));
    const after = rateOf(sample(momentsOf(2, 2000, 6, atRandom), 4));
    expect(isFaster(before, after, 1.5)).toBe(true);
    expect(after.perSecond / before.perSecond).toBeGreaterThan(2);
    expect(after.perSecond / before.perSecond).toBeLessThan(4.5);
  });

  it.each([
    ['at random', atRandom],
    ['evenly', evenly],
    ['in bursts', inBursts],
    ['in pieces', inPieces],
  ])('is called faster in at most one of twenty windows alike: %s', (_, gap) => {
    expect(shareFaster(1, gap)).toBeLessThanOrEqual(0.05);
  });

  it('is not called faster because the same number comes in bursts', () => {
    expect(shareFaster(1, atRandom, inBursts)).toBeLessThanOrEqual(0.05);
  });

  it.each([
    ['at random', atRandom],
    ['evenly', evenly],
    ['in pieces', inPieces],
  ])('is called faster when it is three times what it was: %s', (_, gap) => {
    expect(shareFaster(3, gap)).toBeGreaterThanOrEqual(0.85);
  });
});
