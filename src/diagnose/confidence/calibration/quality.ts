import type { CalibrationQuality, GradedCase } from '../../../domain/calibration.ts';
import type { Pace } from '../../retrieve/pace.ts';
import { expectedCalibrationError } from './bins.ts';
import { auroc, baseRate, brierScore, brierSkill, quantileOf } from './metrics.ts';
import { drawNullErrors, drawSampleErrors } from './resample.ts';

/** How good chances are that were given to cases which took no part in the fit, and of which no part was left out of it. */
export async function judgeChances(
  cases: readonly GradedCase[],
  random: () => number,
  pace: Pace,
): Promise<CalibrationQuality> {
  const ece = expectedCalibrationError(cases);
  const resampled = await drawSampleErrors(cases, random, pace);
  const ofTruth = await drawNullErrors(cases, random, pace);
  const eceNull = { median: quantileOf(ofTruth, 0.5), p95: quantileOf(ofTruth, 0.95) };
  return {
    brier: brierScore(cases),
    brierSkill: finiteOrNull(brierSkill(cases)),
    ece,
    eceInterval: intervalOf(ece, quantileOf(resampled, 0.975), eceNull.p95),
    eceNull,
    auroc: finiteOrNull(auroc(cases)),
    baseRate: baseRate(cases),
  };
}

/**
 * Resampling adds its own noise to an error that noise can only raise: plain quantiles of it never reach down to the truth
 * of a calibrated model, and lie above the measured value itself in one history of ten. So the upper quantile is mirrored
 * for the lower end, which is 0 where a true model would show as much.
 */
function intervalOf(ece: number, upper: number, nullP95: number): [low: number, high: number] {
  return [ece <= nullP95 ? 0 : Math.max(0, 2 * ece - upper), Math.max(ece, upper)];
}

export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
