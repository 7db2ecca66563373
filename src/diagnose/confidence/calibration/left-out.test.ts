import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../../domain/seeded-random.ts';
import { expectedCalibrationError } from './bins.ts';
import { fitCurve } from './fit-curve.ts';
import { binByOrder, poolByBin } from './left-out.ts';

/** Scores that say nothing at all, and one case in five right. */
async function fitNoise() {
  const random = createSeededRandom(5);
  const cases = Array.from({ length: 40 }, (_, at) => ({ score: 0.2 + 0.6 * random(), isRight: at % 5 === 0 }));
  const fitted = await fitCurve(cases, createSeededRandom(1));
  return fitted?.cases ?? [];
}

describe('cases that were left out', () => {
  it('are not called miscalibrated because leaving one out moves its chance against its outcome', async () => {
    const cases = await fitNoise();
    const byChance = cases.map(({ heldOut, isRight }) => ({ score: heldOut, isRight }));
    const pooled = poolByBin(cases, binByOrder(cases));
    expect(expectedCalibrationError(byChance)).toBeGreaterThan(0.2);
    expect(expectedCalibrationError(pooled)).toBeLessThan(0.15);
  });

  it('keep their number, their outcomes and what was said of them', async () => {
    const cases = await fitNoise();
    const bins = binByOrder(cases);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(bins.map(({ n }) => n))).toBe(40);
    expect(sum(bins.map(({ n, accuracy }) => n * accuracy))).toBeCloseTo(8, 9);
    expect(sum(bins.map(({ n, confidence }) => n * confidence))).toBeCloseTo(
      sum(cases.map(({ heldOut }) => heldOut)),
      9,
    );
    const pooled = poolByBin(cases, bins);
    expect(pooled.map(({ isRight }) => isRight)).toEqual(cases.map(({ isRight }) => isRight));
  });
});
