import type { CalibrationCurve, TargetCalibration } from '../../../domain/calibration.ts';
import { applyBeta } from './beta.ts';
import { applyIsotonic } from './isotonic.ts';
import { applyPlatt } from './platt.ts';
import { applyRecord } from './record.ts';

/** The chance that a raw score means; higher for a higher score, or as high, and never 0 nor 1. */
export function applyCurve(curve: CalibrationCurve, score: number): number {
  switch (curve.method) {
    case 'platt':
      return applyPlatt(curve, score);
    case 'beta':
      return applyBeta(curve, score);
    case 'isotonic':
      return applyIsotonic(curve, score);
  }
}

/** The chance that a raw score of this answer means: by the curve, and by the answer's own record where one is kept. */
export function applyCalibration(
  { curve, record }: Pick<TargetCalibration, 'curve' | 'record'>,
  score: number,
  answer: string | undefined,
): number {
  const chance = applyCurve(curve, score);
  return record === undefined ? chance : applyRecord(record, chance, answer);
}
