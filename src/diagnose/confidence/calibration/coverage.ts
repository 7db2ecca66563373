import type { GradedCase } from '../../../domain/calibration.ts';
import { listGroups } from './groups.ts';

/** What happens when only cases of at least this score are answered. */
export interface CoveragePoint {
  readonly score: number;
  /** Share of all cases that are answered. */
  readonly coverage: number;
  /** Share of these that are wrong. */
  readonly risk: number;
  readonly n: number;
  readonly wrong: number;
}

/** How wrong one is for how much one answers, from the surest down; cases of one score are let in together. */
export function listCoverage(cases: readonly GradedCase[]): CoveragePoint[] {
  let [n, wrong] = [0, 0];
  return listGroups(cases)
    .reverse()
    .map((group) => {
      n += group.n;
      wrong += group.n - group.right;
      return { score: group.score, coverage: n / cases.length, risk: wrong / n, n, wrong };
    });
}
