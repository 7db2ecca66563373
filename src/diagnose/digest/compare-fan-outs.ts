import { type OperationKey, type OperationName, toOperationKey } from './client-operations.ts';
import { type FanOut, unionOfKeys, type WindowObservation } from './window.ts';

/** Calls of one operation per span of another. */
export interface FanOutChange {
  readonly parent: OperationName;
  readonly child: OperationName;
  readonly isClientParent: boolean;
  readonly perSpan: { readonly before: number; readonly after: number };
  readonly z: number;
}

/**
 * Two healthy windows differ in calls per span anyway: a little always, and more where spans of one name differ among
 * themselves, because then the mix of requests decides. What was always called and no longer is weighs most.
 */
const FAN_OUT_DRIFT = 0.05;
const MIX_DRIFT = 0.2;

/** Only for parents seen in both windows: children of a missing parent are missing with it, and say nothing more. */
export function compareFanOuts(
  before: WindowObservation,
  after: WindowObservation,
  waiting: ReadonlySet<OperationKey>,
): FanOutChange[] {
  const changes: FanOutChange[] = [];
  for (const key of unionOfKeys(before.fanOuts, after.fanOuts)) {
    const old = before.fanOuts.get(key);
    const now = after.fanOuts.get(key);
    const known = now ?? old;
    if (!known) continue;
    const parent = toOperationKey(known.parent);
    const parentsBefore = before.operations.get(parent)?.spans.length ?? 0;
    const parentsAfter = after.operations.get(parent)?.spans.length ?? 0;
    if (parentsBefore === 0 || parentsAfter === 0 || waiting.has(parent)) continue;
    const rateBefore = meanAndError(old, parentsBefore);
    const rateAfter = meanAndError(now, parentsAfter);
    changes.push({
      parent: known.parent,
      child: known.child,
      isClientParent: known.isClientParent,
      perSpan: { before: rateBefore.mean, after: rateAfter.mean },
      z: (rateAfter.mean - rateBefore.mean) / Math.hypot(rateBefore.error, rateAfter.error, rateBefore.drift),
    });
  }
  return changes;
}

/** One observation is added at the mean's own Poisson spread: one trace per window has no variance of its own. */
function meanAndError(fanOut: FanOut | undefined, parents: number): { mean: number; error: number; drift: number } {
  const mean = (fanOut?.calls ?? 0) / parents;
  const seen = (fanOut?.squares ?? 0) / parents - mean ** 2;
  const variance = (Math.max(seen, 0) * parents + mean + 0.5) / (parents + 1);
  const drift = Math.hypot(FAN_OUT_DRIFT, MIX_DRIFT * Math.sqrt(variance));
  return { mean, error: Math.sqrt(variance / parents), drift };
}
