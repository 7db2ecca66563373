import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GradedCase } from '../../../domain/calibration.ts';
import { createRandom } from '../../../testing/trace-random.ts';
import { createPace } from '../../retrieve/pace.ts';
import { expectedCalibrationError, listBins } from './bins.ts';
import { listCoverage } from './coverage.ts';
import { auroc, brierScore, brierSkill, quantileOf } from './metrics.ts';
import { drawNullErrors } from './resample.ts';

const one = fc.record({
  score: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1)),
  isRight: fc.boolean(),
});
const histories = fc.array(one, { minLength: 1, maxLength: 80 });

const listed = (...cases: (readonly [score: number, isRight: boolean])[]): GradedCase[] =>
  cases.map(([score, isRight]) => ({ score, isRight }));

describe('figures of confidence', () => {
  it('are the textbook values', () => {
    const cases = listed([0.9, true], [0.8, false], [0.6, true], [0.2, false]);
    expect(brierScore(cases)).toBeCloseTo((0.01 + 0.64 + 0.16 + 0.04) / 4, 12);
    expect(brierSkill(cases)).toBeCloseTo(1 - 0.2125 / 0.25, 12);
    expect(auroc(cases)).toBe(0.75);
    expect(expectedCalibrationError(cases, 2)).toBeCloseTo((Math.abs(0.8 - 1) + Math.abs(1.7 - 1)) / 4, 12);
  });

  it('are not a number where there is nothing to measure', () => {
    for (const figure of [brierScore, brierSkill, auroc, expectedCalibrationError]) expect(figure([])).toBeNaN();
    expect(quantileOf([], 0.5)).toBeNaN();
    const right = listed([0.4, true], [0.9, true]);
    expect(auroc(right)).toBeNaN();
    expect(brierSkill(right)).toBeNaN();
    expect(brierScore(right)).toBeCloseTo(0.185, 12);
  });

  it('rank as asking every pair does', () => {
    fc.assert(
      fc.property(histories, (cases) => {
        const right = cases.filter(({ isRight }) => isRight);
        const wrong = cases.filter(({ isRight }) => !isRight);
        fc.pre(right.length > 0 && wrong.length > 0);
        const wins = right.flatMap((a) => wrong.map((b) => (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0)));
        const share = wins.reduce((sum: number, win) => sum + win, 0) / wins.length;
        expect(auroc(cases)).toBeCloseTo(share, 10);
      }),
    );
  });

  it('call the base rate skill of none', () => {
    const cases = Array.from({ length: 10 }, (_, at) => ({ score: 0.3, isRight: at < 3 }));
    expect(brierSkill(cases)).toBeCloseTo(0, 12);
    expect(expectedCalibrationError(cases)).toBeCloseTo(0, 12);
    expect(auroc(cases)).toBe(0.5);
  });
});

describe('reliability bins', () => {
  it('hold every case once, in order, and never part equal scores', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 12 }), (cases, bins) => {
        const found = listBins(cases, bins);
        expect(found.length).toBeLessThanOrEqual(bins);
        expect(found.reduce((sum, { n }) => sum + n, 0)).toBe(cases.length);
        for (const [at, { n, from, to }] of found.entries()) {
          expect(cases.filter(({ score }) => score >= from && score <= to)).toHaveLength(n);
          if (at > 0) expect(from).toBeGreaterThan(found[at - 1]!.to);
        }
      }),
    );
  });

  it('are of equal size where scores differ', () => {
    const random = createRandom(1);
    const cases = Array.from({ length: 52 }, () => ({ score: random(), isRight: true }));
    expect(listBins(cases).map(({ n }) => n)).toEqual([10, 11, 10, 11, 10]);
  });

  it('share out evenly what a crowd of equal scores leaves', () => {
    const crowd = Array.from({ length: 30 }, () => ({ score: 0.1, isRight: false }));
    const rest = Array.from({ length: 20 }, (_, at) => ({ score: 0.5 + at / 50, isRight: true }));
    expect(listBins([...crowd, ...rest]).map(({ n }) => n)).toEqual([30, 5, 5, 5, 5]);
    expect(listBins([...rest, ...crowd.map((case_) => ({ ...case_, score: 1 }))]).map(({ n }) => n)).toEqual([
      10, 10, 30,
    ]);
  });

  it('of a perfectly calibrated model still show an error, as large as simulations elsewhere say', async () => {
    const random = createRandom(5);
    const errors: number[] = [];
    for (let model = 0; model < 12; model++) {
      const said = Array.from({ length: 50 }, () => ({ score: random(), isRight: true }));
      errors.push(...(await drawNullErrors(said, random, createPace())));
    }
    errors.sort((a, b) => a - b);
    expect(quantileOf(errors, 0.5)).toBeCloseTo(0.097, 2);
    expect(quantileOf(errors, 0.95)).toBeGreaterThan(0.154);
    expect(quantileOf(errors, 0.95)).toBeLessThan(0.174);
  });
});

describe('coverage and risk', () => {
  it('let equal scores in together, the surest first', () => {
    const cases = listed([0.9, true], [0.5, false], [0.9, false], [0.2, true]);
    expect(listCoverage(cases)).toEqual([
      { score: 0.9, coverage: 0.5, risk: 0.5, n: 2, wrong: 1 },
      { score: 0.5, coverage: 0.75, risk: 2 / 3, n: 3, wrong: 2 },
      { score: 0.2, coverage: 1, risk: 0.5, n: 4, wrong: 2 },
    ]);
  });

  it('end with all cases and the overall risk', () => {
    fc.assert(
      fc.property(histories, (cases) => {
        const last = listCoverage(cases).at(-1)!;
        expect(last.coverage).toBe(1);
        expect(last.wrong).toBe(cases.filter(({ isRight }) => !isRight).length);
      }),
    );
    expect(listCoverage([])).toEqual([]);
  });
});
