import type { GradedCase } from '../../../domain/calibration.ts';
import { listGroups } from './groups.ts';

/** Mean squared error of the scores; 0 is perfect, a coin's constant ½ has ¼. NaN without cases. */
export function brierScore(cases: readonly GradedCase[]): number {
  const missed = cases.reduce((sum, { score, isRight }) => sum + (score - Number(isRight)) ** 2, 0);
  return missed / cases.length;
}

/** 1 is perfect, 0 is no better than always saying the base rate, below 0 is worse. NaN when all are right or all wrong. */
export function brierSkill(cases: readonly GradedCase[]): number {
  const rate = baseRate(cases);
  const reference = rate * (1 - rate);
  return reference === 0 ? Number.NaN : 1 - brierScore(cases) / reference;
}

/** Share that was right. NaN without cases. */
export function baseRate(cases: readonly GradedCase[]): number {
  return cases.filter(({ isRight }) => isRight).length / cases.length;
}

/** Chance that a right case has the higher score than a wrong one; ties count half. NaN without one of each. */
export function auroc(cases: readonly GradedCase[]): number {
  let [right, wrong, wins] = [0, 0, 0];
  for (const group of listGroups(cases)) {
    const wrongHere = group.n - group.right;
    wins += group.right * (wrong + wrongHere / 2);
    right += group.right;
    wrong += wrongHere;
  }
  return right === 0 || wrong === 0 ? Number.NaN : wins / (right * wrong);
}

/** The value below which a share `p` of a sorted list lies. */
export function quantileOf(sorted: readonly number[] | Float64Array, p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}
