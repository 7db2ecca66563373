import { type OperationName, toOperationKey } from './client-operations.ts';
import type { Proportion } from './robust.ts';
import type { WindowObservation } from './window.ts';

/** Spans of one operation that do not do what they always did. */
export interface MissingCalls {
  readonly parent: OperationName;
  /** What is missing most often. */
  readonly child: OperationName;
  readonly before: Proportion;
  readonly after: Proportion;
}

/** What was left out more often than this was never a habit. */
const HABIT_BREAKS = 0.05;
/** So many spans must have shown the habit. */
const FEWEST = 4;

/**
 * What an operation always did and now leaves out: the sign of an early return. Spans that erred, or below which
 * something erred, are left aside: they have been stopped by what erred, and that is charged elsewhere.
 */
export function listMissingCalls(before: WindowObservation, after: WindowObservation): MissingCalls[] {
  const worst = new Map<string, MissingCalls>();
  for (const [key, { parent, child, isClientParent, fromCalm }] of before.fanOuts) {
    const parentKey = toOperationKey(parent);
    const calmBefore = before.operations.get(parentKey)?.calm ?? 0;
    const calmAfter = after.operations.get(parentKey)?.calm ?? 0;
    const without = calmBefore - fromCalm;
    if (isClientParent || calmBefore < FEWEST || calmAfter === 0 || without > HABIT_BREAKS * calmBefore) continue;
    const missing = calmAfter - (after.fanOuts.get(key)?.fromCalm ?? 0);
    if (missing <= (worst.get(parentKey)?.after.hits ?? 0)) continue;
    const was = { hits: without, of: calmBefore };
    worst.set(parentKey, { parent, child, before: was, after: { hits: missing, of: calmAfter } });
  }
  return [...worst.values()];
}
