import type { PlannedCase } from './plan.ts';

export interface BacktestProgress {
  readonly done: number;
  readonly total: number;
  /** The one that was last asked about. */
  readonly incident?: string;
  /** Absent until one has been asked. */
  readonly etaMs?: number;
}

export type ProgressObserver = (progress: BacktestProgress) => void;

/** A question takes as long as learning from so many incidents. */
const QUESTION_COST = 10;

/**
 * Says how far it is. What could be known grows with the days, and what learning takes grows with it: by the number of
 * questions alone, the end would seem near until long before it.
 */
export function createProgress(
  of: { readonly total: number; readonly left: readonly PlannedCase[]; readonly elapsed: () => number },
  observe: ProgressObserver = () => {},
): { readonly add: (planned: PlannedCase) => void } {
  const startedAt = of.elapsed();
  let done = of.total - of.left.length;
  let costLeft = of.left.reduce((sum, planned) => sum + costOf(planned), 0);
  let costDone = 0;
  observe({ done, total: of.total });
  return {
    add(planned) {
      done++;
      costDone += costOf(planned);
      costLeft -= costOf(planned);
      const etaMs = ((of.elapsed() - startedAt) * costLeft) / costDone;
      observe({ done, total: of.total, incident: planned.incident.id, etaMs });
    },
  };
}

function costOf({ known }: PlannedCase): number {
  return known + QUESTION_COST;
}
