import type { TraceRanker } from '../../../domain/trace.ts';
import type { OperationChange } from '../compare.ts';
import type { Shift } from '../robust.ts';

/** One thing that changed, charged to one service. */
export interface Finding {
  readonly ranker: Extract<TraceRanker, 'own-time' | 'gap' | 'error' | 'lost' | 'fan-out'>;
  readonly service: string;
  readonly operation: string | undefined;
  /** In standard errors, drift included. */
  readonly z: number;
  readonly addedMsPerTrace: number;
  readonly reason: string;
}

/**
 * From which z on a change counts. Chosen on generated faults and generated healthy windows (services drifting by 8 %,
 * request mix changing, one service in seven erring at 2 %) so that at most one healthy window in twenty has a suspect.
 */
export const NOTABLE = { latency: 3.2, proportion: 2, fanOut: 3 } as const;
/** Below this share of a typical request's time nobody would call it the cause of an alert. */
const RELEVANT_SHARE = 0.03;

export function latencyZ(shift: Shift | undefined): number {
  return shift ? Math.max(shift.medianZ, shift.tailZ) : 0;
}

/** `requestMs`: a typical request before. */
export function isSlower(change: Pick<OperationChange, 'shift' | 'addedMsPerTrace'>, requestMs: number): boolean {
  const { shift, addedMsPerTrace } = change;
  if (!shift || latencyZ(shift) < NOTABLE.latency) return false;
  return addedMsPerTrace > 0 && Math.max(addedMsPerTrace, shift.meanMs) > RELEVANT_SHARE * requestMs;
}
