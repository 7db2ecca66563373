import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOfAtMost, exactInterval, lowerBound, upperBound } from './clopper-pearson.ts';

describe('exact bounds', () => {
  it.each([
    [0, 29, 0.0981],
    [0, 28, 0.1015],
    [0, 14, 0.1926],
    [0, 13, 0.2058],
    [0, 59, 0.0495],
    [0, 58, 0.0503],
  ])('of %i mistakes in %i are the closed form 1 − .05^(1/n)', (hits, n, bound) => {
    expect(upperBound(hits, n)).toBeCloseTo(bound, 4);
    expect(upperBound(hits, n)).toBeCloseTo(1 - 0.05 ** (1 / n), 10);
  });

  // By scipy's binomtest(…).proportion_ci(method='exact'); 81 of 263 is the worked example of Newcombe (1998).
  it.each([
    [0, 10, 0, 0.3084971],
    [1, 10, 0.0025286, 0.4450161],
    [5, 10, 0.187086, 0.812914],
    [22, 24, 0.7300272, 0.9897437],
    [10, 10, 0.6915029, 1],
    [81, 263, 0.2527367, 0.3676219],
    [3, 400, 0.0015494, 0.0217607],
  ])('of %i in %i, two-sided, are those that statistics packages print', (hits, n, low, high) => {
    const [ownLow, ownHigh] = exactInterval(hits, n);
    expect(ownLow).toBeCloseTo(low, 6);
    expect(ownHigh).toBeCloseTo(high, 6);
  });

  it('leave everything open where nothing was seen', () => {
    expect(exactInterval(0, 0)).toEqual([0, 1]);
    expect(upperBound(5, 5)).toBe(1);
    expect(lowerBound(0, 5)).toBe(0);
  });

  it('hold the share that was seen, and are where so few or so many would be a surprise', () => {
    const counts = fc
      .integer({ min: 1, max: 300 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counts, ([hits, n]) => {
        const [low, high] = exactInterval(hits, n);
        expect(low).toBeLessThanOrEqual(hits / n);
        expect(high).toBeGreaterThanOrEqual(hits / n);
        if (hits < n) expect(chanceOfAtMost(hits, n, high)).toBeCloseTo(0.025, 6);
        if (hits > 0) expect(chanceOfAtMost(hits - 1, n, low)).toBeCloseTo(0.975, 6);
      }),
    );
  });

  it('stay exact with thousands of cases', () => {
    expect(upperBound(900, 10_000)).toBeCloseTo(0.0948461, 6);
  });
});
