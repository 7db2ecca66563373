import { describe, expect, it } from 'vitest';
import {
  auroc,
  hitAt,
  measureAuroc,
  measureMean,
  ndcgAt,
  recallAt,
  reciprocalRankAt,
  seededRandom,
} from './metrics.ts';

const ranking = (ranked: string, relevant: string) => ({
  ranked: [...ranked],
  relevant: new Set(relevant),
});

describe('ranking metrics, computed by hand', () => {
  it.each([
    // ranked, relevant, R@1, R@5, MRR@10, nDCG@10
    ['abcde', 'a', 1, 1, 1, 1],
    ['bacde', 'a', 0, 1, 1 / 2, 1 / Math.log2(3)],
    ['bcdea', 'a', 0, 1, 1 / 5, 1 / Math.log2(6)],
    ['bcdefa', 'a', 0, 0, 1 / 6, 1 / Math.log2(7)],
    ['bcdefghijka', 'a', 0, 0, 0, 0],
    ['', 'a', 0, 0, 0, 0],
    ['axb', 'ab', 1 / 2, 1, 1, (1 + 1 / 2) / (1 + 1 / Math.log2(3))],
    ['xab', 'ab', 0, 1, 1 / 2, (1 / Math.log2(3) + 1 / 2) / (1 + 1 / Math.log2(3))],
  ])('%s for %s', (ranked, relevant, recall1, recall5, reciprocal, ndcg) => {
    const given = ranking(ranked, relevant);
    expect(recallAt(1, given)).toBeCloseTo(recall1, 10);
    expect(recallAt(5, given)).toBeCloseTo(recall5, 10);
    expect(reciprocalRankAt(10, given)).toBeCloseTo(reciprocal, 10);
    expect(ndcgAt(10, given)).toBeCloseTo(ndcg, 10);
  });
});

it.each([
  ['xab', 'ab', 1, 0],
  ['xab', 'ab', 2, 1],
  ['xyz', 'ab', 3, 0],
])('whether any of several is found: %s for %s within %i', (ranked, relevant, k, expected) => {
  expect(hitAt(k, ranking(ranked, relevant))).toBe(expected);
});

describe('AUROC', () => {
  it.each([
    [[3, 2], [1, 0], 1],
    [[1, 0], [3, 2], 0],
    [[1, 1], [1, 1], 0.5],
    [[3, 1], [2, 0], 3 / 4],
    [[2], [2, 1], 3 / 4],
  ])('of %j against %j is %f', (positives, negatives, expected) => {
    expect(auroc(positives, negatives)).toBeCloseTo(expected, 10);
  });
});

describe('a measurement', () => {
  it('is refused when there is nothing to measure', () => {
    expect(() => measureMean([])).toThrow('not a single case');
    expect(() => measureAuroc([], [1])).toThrow('not a single positive');
    expect(() => measureAuroc([1], [])).toThrow('not a single negative');
  });

  it('says how many cases it rests on, and its interval holds the value', () => {
    const measured = measureMean([0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(measured).toMatchObject({ value: 0.8, n: 10 });
    expect(measured.low).toBeLessThan(0.8);
    expect(measured.high).toBeGreaterThan(0.8);
  });

  it('has no spread where all cases agree', () => {
    expect(measureMean([1, 1, 1])).toEqual({ value: 1, n: 3, low: 1, high: 1 });
  });

  it('gives the same interval on every run', () => {
    const values = [0, 1, 0.5, 1, 0.25, 1];
    expect(measureMean(values)).toEqual(measureMean(values));
    expect(measureAuroc(values, [0, 0.5])).toEqual(measureAuroc(values, [0, 0.5]));
  });

  it('grows tighter with more cases', () => {
    const width = (n: number) => {
      const { low, high } = measureMean(Array.from({ length: n }, (_, index) => index % 2));
      return high - low;
    };
    expect(width(400)).toBeLessThan(width(40));
    expect(width(40)).toBeLessThan(width(10));
  });
});

it('seeded random numbers lie in 0..1 and repeat', () => {
  const [first, second] = [seededRandom(7), seededRandom(7)];
  const numbers = Array.from({ length: 100 }, () => first());
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(Array.from({ length: 100 }, () => second())).toEqual(numbers);
  expect(new Set(numbers).size).toBe(100);
});
