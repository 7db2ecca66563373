import { listCoverage } from '../../src/diagnose/confidence/calibration/coverage.ts';
import { judgeChances } from '../../src/diagnose/confidence/calibration/quality.ts';
import { createPace } from '../../src/diagnose/retrieve/pace.ts';
import type { CalibrationQuality, GradedCase } from '../../src/domain/calibration.ts';
import { seededRandom } from '../metrics.ts';

/** How good stated chances are on cases that nothing was fitted on. */
export interface JudgedChances extends CalibrationQuality {
  readonly n: number;
  /** Of what was stated. */
  readonly meanConfidence: number;
  /** When the surer half is answered (of equal chances all, so a little more than half): how often it is right. */
  readonly atHalf: { readonly coverage: number; readonly precision: number };
}

const HALF = 0.5;

/** Chances in `score`; null without a case. */
export async function judgeStated(cases: readonly GradedCase[]): Promise<JudgedChances | null> {
  if (cases.length === 0) return null;
  const half = listCoverage(cases).find(({ coverage }) => coverage >= HALF);
  return {
    ...(await judgeChances(cases, seededRandom(), createPace())),
    n: cases.length,
    meanConfidence: cases.reduce((sum, { score }) => sum + score, 0) / cases.length,
    atHalf: { coverage: half?.coverage ?? 1, precision: 1 - (half?.risk ?? 1) },
  };
}
