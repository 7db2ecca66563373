import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScale, fuseByScaledMean, type Leg, weighLegs } from './fuse.ts';

const part = fc.double({ min: 0, max: 1, noNaN: true });
const legs: readonly Leg[] = ['dense', 'lexical', 'signals'];
const model = { id: 'runbook-embed-small' };
const all = weighLegs(legs, model);
const breakdown = fc.record({ dense: part, lexical: part, signals: part }, { requiredKeys: [] });

describe('min–max scaling', () => {
  it('keeps order and lands in 0..1', () => {
    const score = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(score, { minLength: 2 }), (scores) => {
        const sorted = [...scores].sort((a, b) => a - b);
        const scaled = sorted.map(createScale(sorted[0] ?? 0, sorted.at(-1) ?? 0));
        scaled.forEach((value = Number.NaN, at) => {
          expect(value).toBeGreaterThanOrEqual(scaled[at - 1] ?? 0);
          expect(value).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  it.each([
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
    const scaled = given.map(createScale(Math.min(...given), Math.max(...given)));
    scaled.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 10);
    });
  });
});

describe('the fused score', () => {
  it('lies in 0..1 and never falls when a part rises', () => {
    fc.assert(
      fc.property(breakdown, fc.constantFrom(...legs), part, fc.boolean(), (parts, leg, more, exact) => {
        const before = fuseByScaledMean(parts, all, exact);
        const after = fuseByScaledMean({ ...parts, [leg]: Math.max(parts[leg] ?? 0, more) }, all, exact);
        expect(before).toBeGreaterThanOrEqual(0);
        expect(after).toBeLessThanOrEqual(1 + 1e-9);
        expect(after).toBeGreaterThanOrEqual(before - 1e-9);
      }),
    );
  });

  it('puts what the query names above every resemblance', () => {
    fc.assert(
      fc.property(breakdown, breakdown, (named, resembling) => {
        const above = fuseByScaledMean({ ...named, exact: 1 }, all, true);
        expect(above).toBeGreaterThanOrEqual(fuseByScaledMean(resembling, all, true));
      }),
    );
  });

  it('leaves out a leg that found nothing at all, and counts 0 where a leg missed one document', () => {
    const words = weighLegs(['lexical'], model);
    const both = weighLegs(['dense', 'lexical'], model);
    expect(fuseByScaledMean({ lexical: 0.8 }, words, false)).toBeCloseTo(0.8, 10);
    expect(fuseByScaledMean({ lexical: 0.8 }, both, false)).toBeCloseTo(0.8 * 0.65, 10);
    expect(fuseByScaledMean({}, weighLegs([], model), false)).toBe(0);
  });

  it('lets signals weigh twice as much as all words', () => {
    expect(fuseByScaledMean({ signals: 1 }, all, false)).toBeCloseTo(
      2 * fuseByScaledMean({ dense: 1, lexical: 1 }, all, false),
      10,
    );
  });

  it('gives the dense leg the share that was measured for its model, or the one that the team says', () => {
    expect(weighLegs(['dense', 'lexical'], model).dense).toBeCloseTo(0.35, 10);
    expect(weighLegs(['dense', 'lexical'], model, 0.6)).toEqual({ dense: 0.6, lexical: 0.4, signals: 0 });
  });
});

it('a model may have any name', () => {
  expect(weighLegs(['dense', 'lexical'], { id: 'constructor' })).toEqual(
    weighLegs(['dense', 'lexical'], { id: 'another' }),
  );
});
