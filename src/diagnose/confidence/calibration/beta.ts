import type { BetaCurve, GradedCase } from '../../../domain/calibration.ts';
import { chanceAt, fitLogistic } from './logistic.ts';
import { keepFinite, logOdds, RIDGE, smoothedRate, smoothTargets } from './smoothing.ts';

/** Which of the two slopes are fitted. */
type Slopes = readonly [hasLow: boolean, hasHigh: boolean];

/**
 * Beta calibration (Kull, Silva Filho and Flach 2017): as Platt's, but low and high scores may be wrong in different
 * ways. Neither slope may be negative, so the order stays: as its authors do, one that came out negative is left out
 * and the other is fitted again.
 */
export function fitBeta(cases: readonly GradedCase[]): BetaCurve {
  const both = fitSlopes(cases, [true, true]);
  if (both.low >= 0 && both.high >= 0) return both;
  const one = fitSlopes(cases, both.low < both.high ? [false, true] : [true, false]);
  if (one.low >= 0 && one.high >= 0) return one;
  return { method: 'beta', offset: logOdds(smoothedRate(cases)), low: 0, high: 0 };
}

export function applyBeta({ offset, low, high }: BetaCurve, score: number): number {
  return keepFinite(chanceAt({ offset, slopes: [low, high] }, featuresOf(score)));
}

function fitSlopes(cases: readonly GradedCase[], [hasLow, hasHigh]: Slopes): BetaCurve {
  const { right, wrong } = smoothTargets(cases);
  const { offset, slopes } = fitLogistic(
    cases.map(({ score, isRight }) => {
      const [low, high] = featuresOf(score);
      const features = [...(hasLow ? [low] : []), ...(hasHigh ? [high] : [])];
      return { features, target: isRight ? right : wrong, weight: 1 };
    }),
    RIDGE,
  );
  const [first = 0, second = 0] = slopes;
  return { method: 'beta', offset, low: hasLow ? first : 0, high: hasLow ? second : first };
}

function featuresOf(score: number): readonly [low: number, high: number] {
  const bounded = keepFinite(score);
  return [Math.log(bounded), -Math.log(1 - bounded)];
}
