import type { ReliabilityBin } from '../../../domain/backtest.ts';
import type { CalibrationQuality, GradedCase, TargetCalibration } from '../../../domain/calibration.ts';
import type { Pace } from '../../retrieve/pace.ts';
import { listBins } from './bins.ts';
import { auroc, brierScore, brierSkill } from './metrics.ts';
import { finiteOrNull, judgeChances } from './quality.ts';

type LeftOutCase = TargetCalibration['cases'][number];

/**
 * Bins of cases that were each judged by a fit without them, in the order of the curve that knows them all. Leaving a case
 * out moves its chance against its outcome: where scores say little, bins by the chances themselves would hold the right
 * cases at the lower end and the wrong ones at the upper, and a curve that is merely flat would pass for a false one.
 */
export function binByOrder(cases: readonly LeftOutCase[]): ReliabilityBin[] {
  return listBins(cases).map(({ from, to, n, accuracy }) => {
    const said = cases.filter(({ score }) => score >= from && score <= to).map(({ heldOut }) => heldOut);
    return { from, to, n, accuracy, confidence: said.reduce((sum, chance) => sum + chance, 0) / n };
  });
}

/** The same cases, each with what its bin said on average: what has the bins' error, whatever is drawn of it. */
export function poolByBin(cases: readonly LeftOutCase[], bins: readonly ReliabilityBin[]): GradedCase[] {
  return cases.flatMap(({ score, isRight }) => {
    const bin = bins.find(({ from, to }) => score >= from && score <= to);
    return bin ? [{ score: bin.confidence, isRight }] : [];
  });
}

/**
 * How good the curve is, each case judged by a fit without it: what was said is the left-out chance, its order that of the
 * curve that knows them all.
 */
export async function judgeLeftOut(
  cases: readonly LeftOutCase[],
  random: () => number,
  pace: Pace,
): Promise<CalibrationQuality> {
  const said = cases.map(({ heldOut, isRight }) => ({ score: heldOut, isRight }));
  const quality = await judgeChances(poolByBin(cases, binByOrder(cases)), random, pace);
  return {
    ...quality,
    brier: brierScore(said),
    brierSkill: finiteOrNull(brierSkill(said)),
    auroc: finiteOrNull(auroc(cases)),
  };
}
