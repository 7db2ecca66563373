import { describe, expect, it } from 'vitest';
import { type GradedCase, TargetCalibration } from '../../../domain/calibration.ts';
import { createRandom, gaussian } from '../../../testing/trace-random.ts';
import { createPace } from '../../retrieve/pace.ts';
import { applyCurve } from './apply.ts';
import { fitCurve } from './fit-curve.ts';
import { holdOut } from './hold-out.ts';
import { auroc, brierScore } from './metrics.ts';
import { fitPlatt } from './platt.ts';
import { judgeChances } from './quality.ts';

type Truth = (score: number) => number;

function draw(n: number, random: () => number, truth: Truth): GradedCase[] {
  return Array.from({ length: n }, () => {
    const score = random();
    return { score, isRight: random() < truth(score) };
  });
}

const line: Truth = (score) => 0.2 + 0.6 * score;
/** Wavy: neither Platt's line nor beta's can follow it. */
const stairs: Truth = (score) => (score < 0.3 ? 0.1 : score < 0.4 ? 0.6 : score < 0.9 ? 0.62 : 0.95);

describe('fitting a curve', () => {
  it('claims nothing under 30 cases', async () => {
    const cases = draw(30, createRandom(1), line);
    expect(await fitCurve(cases.slice(0, 29), createRandom(1))).toBeUndefined();
    expect(await fitCurve(cases, createRandom(1))).toBeDefined();
  });

  it('makes the same of the same cases, and something that can be stored', async () => {
    const cases = draw(120, createRandom(2), line);
    const fitted = await fitCurve(cases, createRandom(3));
    expect(await fitCurve(cases, createRandom(3))).toEqual(fitted);
    expect(TargetCalibration.parse(JSON.parse(JSON.stringify(fitted)))).toEqual(fitted);
  });

  it('takes isotonic steps from 500 cases on, where the others cannot follow', async () => {
    const random = createRandom(4);
    expect((await fitCurve(draw(499, random, stairs), random))?.curve.method).not.toBe('isotonic');
    expect((await fitCurve(draw(1500, random, stairs), random))?.curve.method).toBe('isotonic');
  });

  it('keeps of each case the chance by the curve and the one by a curve that had not seen it', async () => {
    const cases = draw(60, createRandom(5), line);
    const { curve, cases: kept } = (await fitCurve(cases, createRandom(6)))!;
    expect(kept.map(({ score }) => score)).toEqual(cases.map(({ score }) => applyCurve(curve, score)));
    expect(kept.map(({ isRight }) => isRight)).toEqual(cases.map(({ isRight }) => isRight));
    // Without a right case a curve promises less, without a wrong one more.
    const movesOf = (isRight: boolean) =>
      kept.filter((one) => one.isRight === isRight).map((one) => one.heldOut - one.score);
    expect(meanOf(movesOf(true))).toBeLessThan(-0.001);
    expect(meanOf(movesOf(false))).toBeGreaterThan(0.001);
  });

  it('judges by cases that took no part', async () => {
    const cases = draw(60, createRandom(7), line);
    const { quality, cases: kept } = (await fitCurve(cases, createRandom(8)))!;
    expect(quality.brier).toBeCloseTo(brierScore(kept.map((one) => ({ ...one, score: one.heldOut }))), 12);
    expect(quality.brier).toBeGreaterThan(brierScore(kept));
    expect(quality.baseRate).toBe(cases.filter(({ isRight }) => isRight).length / 60);
  });

  it('tells how well scores rank without what leaving out does to their order', async () => {
    const histories = Array.from({ length: 10 }, (_, seed) => draw(50, createRandom(seed), () => 0.5));
    const leftOut = await Promise.all(histories.map((cases) => holdOut(cases, fitPlatt, createPace())));
    expect(meanOf(leftOut.map(auroc))).toBeLessThan(0.4);
    const judged = await Promise.all(histories.map((cases) => fitCurve(cases, createRandom(1))));
    expect(judged.map((one) => one?.quality.auroc)).toEqual(histories.map(auroc));
    expect(meanOf(histories.map(auroc))).toBeCloseTo(0.5, 1);
  });

  it.each([true, false])('stays finite when every case is %s', async (isRight) => {
    const cases = Array.from({ length: 40 }, (_, at) => ({ score: at / 39, isRight }));
    const { quality, cases: kept } = (await fitCurve(cases, createRandom(1)))!;
    expect(quality).toMatchObject({ brierSkill: null, auroc: null, baseRate: Number(isRight) });
    expect(quality.ece).toBeLessThan(0.1);
    expect(kept.every(({ score, heldOut }) => score > 0 && score < 1 && heldOut > 0 && heldOut < 1)).toBe(true);
  });

  it('beats raw scores that promise too much, at 30 cases already', async () => {
    const random = createRandom(10);
    const chanceOf = (odds: number) => 1 / (1 + Math.exp(-odds));
    const overconfident = (n: number) =>
      Array.from({ length: n }, () => {
        const truth = 1.3 * gaussian(random);
        return { score: chanceOf(2 * truth + 1.5 * gaussian(random)), isRight: random() < chanceOf(truth) };
      });
    let gain = 0;
    for (let history = 0; history < 8; history++) {
      const { curve } = (await fitCurve(overconfident(30), random))!;
      const others = overconfident(1000);
      const calibrated = others.map(({ score, isRight }) => ({ score: applyCurve(curve, score), isRight }));
      gain += (brierScore(others) - brierScore(calibrated)) / 8;
    }
    expect(gain).toBeGreaterThan(0.01);
  });

  it('lets others have their turn while it fits thousands', async () => {
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const fitted = await fitCurve(draw(5000, createRandom(11), line), createRandom(12));
    isDone = true;
    expect(fitted?.quality.ece).toBeLessThan(0.03);
    expect(turns).toBeGreaterThan(100);
  }, 30_000);
});

describe('the interval of a calibration error', () => {
  const judge = (cases: readonly GradedCase[]) => judgeChances(cases, createRandom(1), createPace());

  it('holds the measured error, and reaches down to none where chances are true', async () => {
    const random = createRandom(20);
    let reached = 0;
    for (let history = 0; history < 40; history++) {
      const { ece, eceInterval, eceNull } = await judge(draw(50, random, (score) => score));
      expect(ece).toBeGreaterThanOrEqual(eceInterval[0]);
      expect(ece).toBeLessThanOrEqual(eceInterval[1]);
      expect(eceNull.median).toBeLessThan(eceNull.p95);
      if (eceInterval[0] === 0) reached++;
    }
    expect(reached).toBeGreaterThanOrEqual(36);
  });

  it('stays away from none where chances are far off', async () => {
    const { ece, eceInterval, eceNull } = await judge(draw(300, createRandom(21), (score) => 0.3 * score));
    expect(ece).toBeCloseTo(0.35, 1);
    expect(ece).toBeGreaterThan(eceNull.p95);
    expect(eceInterval[0]).toBeGreaterThan(0.2);
    expect(eceInterval[1]).toBeLessThan(0.5);
  });
});

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
