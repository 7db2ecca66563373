import fc from 'fast-check';
import { expect, test } from 'vitest';
import { likelihoodZ, measureShift, quantile, spreadOf, twoProportionZ } from './robust.ts';

const sorted = (...values: number[]) => Float64Array.from(values).sort();

test.each([
  [[], 0.5, 0],
  [[7], 0.95, 7],
  [[1, 2, 3], 0.5, 2],
  [[1, 2], 0.5, 1.5],
  [[0, 10], 0.25, 2.5],
])('quantile of %j at %d is %d', (values, p, expected) => {
  expect(quantile(values, p)).toBe(expected);
});

test('a steady sample still has a spread: 8 % of the median, and 0.1 ms at least', () => {
  expect(spreadOf(new Float64Array(10_000).fill(100))).toBeCloseTo(8, 0);
  expect(spreadOf(new Float64Array(10_000).fill(0.01))).toBe(0.1);
});

test('one trace per window: three hundred times the time is beyond doubt, a third more is not', () => {
  expect(measureShift(sorted(2.6), sorted(775)).medianZ).toBeGreaterThan(3.5);
  expect(measureShift(sorted(10), sorted(13)).medianZ).toBeLessThan(2);
});

test('the same shift with the same spread says more the more have seen it', () => {
  const around = (middle: number, count: number) =>
    sorted(...Array.from({ length: count }, (_, at) => middle * (0.9 + (0.2 * at) / (count - 1))));
  const z = (count: number) => measureShift(around(10, count), around(20, count)).medianZ;
  expect(z(3)).toBeLessThan(z(6));
  expect(z(6)).toBeLessThan(z(100));
});

test('a few outliers move nothing', () => {
  const before = sorted(...Array.from({ length: 100 }, (_, index) => 10 + (index % 10) / 10));
  const after = sorted(...before.subarray(0, 97), 9_000, 9_000, 9_000);
  const shift = measureShift(before, after);
  expect(shift.medianZ).toBeLessThan(1);
  expect(shift.tailZ).toBeLessThan(2);
});

test('one slow request in five shows in the tail', () => {
  const before = sorted(...Array.from({ length: 100 }, (_, index) => 10 + (index % 10) / 10));
  const after = sorted(...before.subarray(0, 80), ...new Array<number>(20).fill(200));
  expect(measureShift(before, after).tailZ).toBeGreaterThan(3.5);
});

test('a sample against itself has not moved', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
      const sample = sorted(...values);
      expect(measureShift(sample, sample)).toMatchObject({ medianZ: 0, meanMs: 0 });
    }),
  );
});

test('proportions: certainty grows with the sample, and stops at the drift', () => {
  const z = (n: number, drift: number) => twoProportionZ({ hits: 0, of: n }, { hits: n / 10, of: n }, drift);
  expect(z(10, 0)).toBeLessThan(1);
  expect(z(1000, 0)).toBeGreaterThan(z(100, 0));
  expect(z(1e6, 0.05)).toBeLessThan(2.1);
  expect(twoProportionZ({ hits: 0, of: 0 }, { hits: 5, of: 5 })).toBe(0);
});

test('what never happened before and now does in most of few cases is beyond doubt; in one of many it is not', () => {
  expect(likelihoodZ({ hits: 0, of: 6 }, { hits: 7, of: 8 }, 0.03)).toBeGreaterThan(3.5);
  expect(likelihoodZ({ hits: 0, of: 60 }, { hits: 1, of: 60 }, 0.03)).toBe(0);
  expect(likelihoodZ({ hits: 5, of: 10 }, { hits: 2, of: 10 }, 0)).toBe(0);
});
