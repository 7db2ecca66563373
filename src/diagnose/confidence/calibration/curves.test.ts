import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalibrationCurve, type GradedCase } from '../../../domain/calibration.ts';
import { createRandom, gaussian } from '../../../testing/trace-random.ts';
import { applyCurve } from './apply.ts';
import { fitBeta } from './beta.ts';
import { fitIsotonic } from './isotonic.ts';
import { brierScore } from './metrics.ts';
import { fitPlatt } from './platt.ts';
import { logOdds } from './smoothing.ts';

const FITS = { platt: fitPlatt, beta: fitBeta, isotonic: fitIsotonic };

const scores = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 1, 0.5, 1 / 3, Number.MIN_VALUE, 1 - 2 ** -53),
);
const histories = fc.array(fc.record({ score: scores, isRight: fc.boolean() }), { minLength: 1, maxLength: 60 });

describe.each(Object.entries(FITS))('a %s curve', (_, fitTo) => {
  it('gives chances that are never certain, whatever the history', () => {
    fc.assert(
      fc.property(histories, scores, (history, score) => {
        const chance = applyCurve(fitTo(history), score);
        expect(chance).toBeGreaterThan(0);
        expect(chance).toBeLessThan(1);
      }),
    );
  });

  it('never falls where the score rises', () => {
    fc.assert(
      fc.property(histories, scores, scores, (history, one, other) => {
        const curve = fitTo(history);
        const [low, high] = [applyCurve(curve, Math.min(one, other)), applyCurve(curve, Math.max(one, other))];
        expect(high).toBeGreaterThanOrEqual(low - 1e-12);
      }),
    );
  });

  it('says the same after it was stored', () => {
    fc.assert(
      fc.property(histories, scores, (history, score) => {
        const curve = fitTo(history);
        const stored = CalibrationCurve.parse(JSON.parse(JSON.stringify(curve)));
        expect(applyCurve(stored, score)).toBe(applyCurve(curve, score));
      }),
    );
  });

  it.each([
    ['always right', true],
    ['always wrong', false],
  ])('does not take a history that was %s for a law', (_name, isRight) => {
    const history = Array.from({ length: 30 }, (__, at) => ({ score: at / 29, isRight }));
    const middle = applyCurve(fitTo(history), 0.5);
    expect(isRight ? middle : 1 - middle).toBeGreaterThan(0.85);
    expect(isRight ? middle : 1 - middle).toBeLessThan(0.998);
  });

  it('says about the base rate when all scores are the same', () => {
    const history = Array.from({ length: 100 }, (__, at) => ({ score: 0.9, isRight: at < 30 }));
    expect(applyCurve(fitTo(history), 0.9)).toBeCloseTo(0.3, 1);
  });

  it('says the base rate when surer answers were right less often', () => {
    const history = Array.from({ length: 100 }, (__, at) => ({ score: at / 99, isRight: at < 40 }));
    for (const score of [0, 0.2, 0.8, 1]) expect(applyCurve(fitTo(history), score)).toBeCloseTo(0.4, 1);
  });

  it('makes something of a single case', () => {
    const chance = applyCurve(fitTo([{ score: 0.8, isRight: true }]), 0.8);
    expect(chance).toBeGreaterThanOrEqual(0.5);
    expect(chance).toBeLessThan(0.9);
  });

  it('is nearer to the truth than raw scores that promise too much', () => {
    const random = createRandom(7);
    expect(meanBrier(fitTo, random)).toBeLessThan(meanBrier(() => undefined, createRandom(7)) - 0.01);
  });
});

describe('curves', () => {
  it('keep the order of scores that history tells apart', () => {
    const history = overconfident(200, createRandom(3));
    const curves = [fitPlatt(history), fitBeta(history)];
    fc.assert(
      fc.property(scores, scores, (one, other) => {
        fc.pre(Math.abs(logOdds(one) - logOdds(other)) > 0.01);
        for (const curve of curves) expect(applyCurve(curve, one) > applyCurve(curve, other)).toBe(one > other);
      }),
    );
  });

  it("of beta bend where Platt's cannot", () => {
    const random = createRandom(11);
    const history = Array.from({ length: 4000 }, () => {
      const score = random();
      return { score, isRight: random() < 0.1 + 0.5 * score ** 4 };
    });
    const missOf = (fitTo: (cases: readonly GradedCase[]) => CalibrationCurve) =>
      [0.2, 0.5, 0.8, 0.95].reduce(
        (sum, score) => sum + Math.abs(applyCurve(fitTo(history), score) - (0.1 + 0.5 * score ** 4)),
        0,
      );
    expect(missOf(fitBeta)).toBeLessThan(missOf(fitPlatt));
  });

  it('of isotonic steps claim no more than the others could, however long the history', () => {
    const history = Array.from({ length: 4_000 }, (_, at) => ({ score: at / 4_000, isRight: at >= 2_000 }));
    const curve = fitIsotonic(history);
    expect(applyCurve(curve, 1)).toBeLessThanOrEqual(0.999);
    expect(applyCurve(curve, 0)).toBeGreaterThanOrEqual(0.001);
  });

  it('of isotonic steps pool what goes against the order, as worked by hand', () => {
    const at = (score: number, right: number, n: number) =>
      Array.from({ length: n }, (_, index) => ({ score, isRight: index < right }));
    // Rates .2, .6, .4, .9: the two in the middle become one of .5 at .5. Base rate (21 + 1)/(40 + 2), four cases' worth.
    const { steps } = fitIsotonic([...at(0.2, 2, 10), ...at(0.4, 6, 10), ...at(0.6, 4, 10), ...at(0.8, 9, 10)]);
    const pull = (4 * 22) / 42;
    expect(steps.map(({ score }) => score)).toEqual([0.2, 0.5, 0.8].map((score) => expect.closeTo(score, 10)));
    expect(steps.map(({ chance }) => chance)).toEqual(
      [(2 + pull) / 14, (10 + pull) / 24, (9 + pull) / 14].map((chance) => expect.closeTo(chance, 10)),
    );
    const curve: CalibrationCurve = { method: 'isotonic', steps };
    expect(applyCurve(curve, 0.35)).toBeCloseTo((steps[0]!.chance + steps[1]!.chance) / 2, 10);
    expect(applyCurve(curve, 0)).toBe(steps[0]!.chance);
    expect(applyCurve(curve, 1)).toBe(steps[2]!.chance);
  });
});

/** Twice as sure as it should be, with noise. */
function overconfident(n: number, random: () => number): GradedCase[] {
  return Array.from({ length: n }, () => {
    const truth = 1.3 * gaussian(random);
    return { score: chanceOf(2 * truth + 1.5 * gaussian(random)), isRight: random() < chanceOf(truth) };
  });
}

function chanceOf(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

/** Over ten histories of 100 cases, on cases that took no part. */
function meanBrier(
  fitTo: (cases: readonly GradedCase[]) => CalibrationCurve | undefined,
  random: () => number,
): number {
  let sum = 0;
  for (let history = 0; history < 10; history++) {
    const curve = fitTo(overconfident(100, random));
    const others = overconfident(1000, random);
    sum += brierScore(
      others.map(({ score, isRight }) => ({ score: curve ? applyCurve(curve, score) : score, isRight })),
    );
  }
  return sum / 10;
}
