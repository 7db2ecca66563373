import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuseByScaledMean, type Leg, scaleMinMax } from './fuse.ts';

const part = fc.double({ min: 0, max: 1, noNaN: true });
const legs: readonly Leg[] = ['dense', 'lexical', 'signals'];
const breakdown = fc.record({ dense: part, lexical: part, signals: part }, { requiredKeys: [] });

describe('min–max scaling', () => {
  const scores = fc.uniqueArray(fc.tuple(fc.string(), fc.double({ min: -1e3, max: 1e3, noNaN: true })), {
    selector: ([key]) => key,
    minLength: 1,
  });

  it('keeps order and lands in 0..1', () => {
    fc.assert(
      fc.property(scores, (entries) => {
        const scaled = scaleMinMax(new Map(entries));
        for (const [key, score] of entries) {
          expect(scaled.get(key)).toBeGreaterThanOrEqual(0);
          expect(scaled.get(key)).toBeLessThanOrEqual(1);
          for (const [other, lower] of entries) {
            if (lower < score) expect(scaled.get(other)).toBeLessThanOrEqual(scaled.get(key) ?? -1);
          }
        }
      }),
    );
  });

  it.each([
    [[], []],
    [[7], [1]],
    [
      [2, 2],
      [1, 1],
    ],
    [
      [0.2, 0.6, 1],
      [0, 0.5, 1],
    ],
    [
      [-1, 3],
      [0, 1],
    ],
  ])('of %j is %j', (given, expected) => {
    const scaled = [...scaleMinMax(new Map(given.map((score, index) => [`${index}`, score]))).values()];
    expect(scaled).toHaveLength(expected.length);
    scaled.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 10);
    });
  });
});

describe('the fused score', () => {
  it('lies in 0..1 and never falls when a part rises', () => {
    fc.assert(
      fc.property(breakdown, fc.constantFrom(...legs), part, fc.boolean(), (parts, leg, more, exact) => {
        const before = fuseByScaledMean(parts, { legs, exact });
        const after = fuseByScaledMean({ ...parts, [leg]: Math.max(parts[leg] ?? 0, more) }, { legs, exact });
        expect(before).toBeGreaterThanOrEqual(0);
        expect(after).toBeLessThanOrEqual(1 + 1e-9);
        expect(after).toBeGreaterThanOrEqual(before - 1e-9);
      }),
    );
  });

  it('puts what the query names above every resemblance', () => {
    fc.assert(
      fc.property(breakdown, breakdown, (named, resembling) => {
        const active = { legs, exact: true };
        const above = fuseByScaledMean({ ...named, exact: 1 }, active);
        expect(above).toBeGreaterThanOrEqual(fuseByScaledMean(resembling, active));
      }),
    );
  });

  it('leaves out a leg that found nothing at all, and counts 0 where a leg missed one document', () => {
    expect(fuseByScaledMean({ lexical: 0.8 }, { legs: ['lexical'], exact: false })).toBeCloseTo(0.8, 10);
    expect(fuseByScaledMean({ lexical: 0.8 }, { legs: ['dense', 'lexical'], exact: false })).toBeCloseTo(
      0.8 * 0.65,
      10,
    );
    expect(fuseByScaledMean({}, { legs: [], exact: false })).toBe(0);
  });

  it('lets signals weigh twice as much as all words', () => {
    const active = { legs, exact: false };
    expect(fuseByScaledMean({ signals: 1 }, active)).toBeCloseTo(
      2 * fuseByScaledMean({ dense: 1, lexical: 1 }, active),
      10,
    );
  });
});
