import { type OperationName, toOperationKey } from './client-operations.ts';
import type { Proportion } from './robust.ts';
import type { WindowObservation } from './window.ts';

/** Spans of one operation that do not do what they always did. */
export interface MissingCalls {
  readonly parent: OperationName;
  /** What is missing most often; everything, where spans of all children are lost now and then. */
  readonly child: OperationName | undefined;
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
  if (before.loss === 0 && after.loss === 0) return [...worst.values()];
  return [...worst.values(), ...listBarren(before, after).filter(({ parent }) => !worst.has(toOperationKey(parent)))];
}

/**
 * Where spans are lost, each child is missing now and then; but seldom all of them at once, and an early return leaves out
 * all.
 */
function listBarren(before: WindowObservation, after: WindowObservation): MissingCalls[] {
  return [...before.operations].flatMap(([key, old]) => {
    const now = after.operations.get(key);
    const usual = HABIT_BREAKS + before.loss;
    if (!now || old.isClient || old.calm < FEWEST || now.calm === 0 || old.barren > usual * old.calm) return [];
    const { service, operation } = old;
    return [
      {
        parent: { service, operation },
        child: undefined,
        before: { hits: old.barren, of: old.calm },
        after: { hits: now.barren, of: now.calm },
      },
    ];
  });
}
