import type { Comparison, OperationChange } from '../compare.ts';
import type { Newcomer } from '../newcomers.ts';
import { formatGrowth, formatMs, toName } from '../wording.ts';
import { type Finding, isSlower, latencyZ, NOTABLE } from './finding.ts';

/**
 * Whose own time grew. A caller that merely waits has none of its own and is explained away by it (self time as in
 * TraceRCA and MicroRank). A client span's own time is its gap, and judged as one.
 */
export function findOwnTime(comparison: Comparison, requestMs: number): Finding[] {
  const grown = [...comparison.operations.values()].flatMap((change) => {
    if (change.isClient || !isSlower(change, requestMs)) return [];
    const { service, operation, addedMsPerTrace } = change;
    const z = latencyZ(change.shift);
    return [{ ranker: 'own-time' as const, service, operation, z, addedMsPerTrace, reason: toReason(change) }];
  });
  return [...grown, ...comparison.newcomers.flatMap((newcomer) => judgeNewcomer(newcomer, requestMs))];
}

/** Of what requests take longer, so much must be spent in what is new for it to be the reason. */
const TELLING_SHARE = 0.25;

function judgeNewcomer(newcomer: Newcomer, requestMs: number): Finding[] {
  const { service, operation, ownMsP50, addedMsPerTrace, requestMs: request, requestShift: shift } = newcomer;
  const growth = request.after - request.before;
  if (!isSlower({ shift, addedMsPerTrace: growth }, requestMs) || addedMsPerTrace < TELLING_SHARE * growth) return [];
  const took = `requests took ${formatMs(request.before)} and take ${formatMs(request.after)}`;
  const reason = `${toName(operation)} is new and takes ${formatMs(ownMsP50)} itself; ${took}`;
  return [{ ranker: 'own-time', service, operation, z: latencyZ(shift), addedMsPerTrace, reason }];
}

/** Tells the median when it moved, else the tail. */
function toReason({ operation, before, after, shift }: OperationChange): string {
  if (!before || !after || !shift) return '';
  const [label, from, to] =
    shift.medianZ >= NOTABLE.latency
      ? ['p50', before.ownMsP50, after.ownMsP50]
      : ['p95', before.ownMsP95, after.ownMsP95];
  return `own time ${label} of ${toName(operation)} ${formatMs(from)} → ${formatMs(to)}${formatGrowth(from, to)}`;
}
