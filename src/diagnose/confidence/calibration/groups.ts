import type { GradedCase } from '../../../domain/calibration.ts';

/** All cases of one score: whatever is cut, counted or pooled by score, they never part. */
export interface CaseGroup {
  readonly score: number;
  readonly n: number;
  readonly right: number;
}

/** By score, the lowest first. */
export function listGroups(cases: readonly GradedCase[]): CaseGroup[] {
  const counts = new Map<number, { n: number; right: number }>();
  for (const { score, isRight } of cases) {
    const count = counts.get(score) ?? { n: 0, right: 0 };
    count.n += 1;
    count.right += Number(isRight);
    counts.set(score, count);
  }
  return [...counts].map(([score, count]) => ({ score, ...count })).sort((a, b) => a.score - b.score);
}
