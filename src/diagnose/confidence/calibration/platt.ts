import type { GradedCase, PlattCurve } from '../../../domain/calibration.ts';
import { chanceAt, fitLogistic } from './logistic.ts';
import { keepFinite, logOdds, RIDGE, smoothedRate, smoothTargets } from './smoothing.ts';

/** A straight line over the score's log-odds (Platt 1999): two numbers, so few cases fit it well. */
export function fitPlatt(cases: readonly GradedCase[]): PlattCurve {
  const { right, wrong } = smoothTargets(cases);
  const { offset, slopes } = fitLogistic(
    cases.map(({ score, isRight }) => ({ features: [logOdds(score)], target: isRight ? right : wrong, weight: 1 })),
    RIDGE,
  );
  const [slope = 0] = slopes;
  // A history in which surer answers were right less often is too small to tell an order; it then says the base rate.
  if (slope <= 0) return { method: 'platt', offset: logOdds(smoothedRate(cases)), slope: 0 };
  return { method: 'platt', offset, slope };
}

export function applyPlatt({ offset, slope }: PlattCurve, score: number): number {
  return keepFinite(chanceAt({ offset, slopes: [slope] }, [logOdds(score)]));
}
