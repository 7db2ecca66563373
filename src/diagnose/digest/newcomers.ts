import { spanAt } from '../../traces/span-forest.ts';
import { type OperationKey, toOperationKey } from './client-operations.ts';
import { measureShift, quantile, type Shift } from './robust.ts';
import type { WindowObservation } from './window.ts';

/** An operation that the baseline does not know. Whether what it takes is much, only the requests it is in can tell. */
export interface Newcomer {
  readonly service: string;
  readonly operation: string;
  readonly ownMsP50: number;
  readonly addedMsPerTrace: number;
  /** How long requests of the same kind took and take, in all. */
  readonly requestMs: { readonly before: number; readonly after: number };
  readonly requestShift: Shift;
}

/**
 * What came with a deploy, a canary or a new name has no numbers before, and is yet what to look at when the requests it
 * is in take longer. Calling halves are left out: their time is the gap of an edge.
 */
export function listNewcomers(before: WindowObservation, after: WindowObservation): Newcomer[] {
  const fresh = [...after.operations].filter(([key, { isClient }]) => !before.operations.has(key) && !isClient);
  if (fresh.length === 0) return [];
  const requests = compareRequests(before, after);
  if (!requests) return [];
  return fresh.map(([, { service, operation, spans }]) => {
    const own = Float64Array.from(spans, (index) => (after.own[index] ?? 0) / 1000).sort();
    const addedMsPerTrace = own.reduce((sum, ms) => sum + ms, 0) / Math.max(after.traces, 1);
    return { service, operation, ownMsP50: quantile(own, 0.5), addedMsPerTrace, ...requests };
  });
}

/** By the kind of request that slowed down most surely, among those that both windows have. */
function compareRequests(
  before: WindowObservation,
  after: WindowObservation,
): Pick<Newcomer, 'requestMs' | 'requestShift'> | undefined {
  const old = totalsOf(before);
  const compared = [...totalsOf(after)].flatMap(([key, now]) => {
    const then = old.get(key);
    if (!then) return [];
    const requestMs = { before: quantile(then, 0.5), after: quantile(now, 0.5) };
    return [{ requestMs, requestShift: measureShift(then, now) }];
  });
  return compared.sort((a, b) => b.requestShift.medianZ - a.requestShift.medianZ)[0];
}

/** Milliseconds of each request, by where it enters; ascending. */
function totalsOf({ forest }: WindowObservation): Map<OperationKey, Float64Array> {
  const totals = new Map<OperationKey, number[]>();
  for (const [index, parent] of forest.parents.entries()) {
    if (parent >= 0) continue;
    const span = spanAt(forest, index);
    const key = toOperationKey(span);
    const known = totals.get(key);
    if (known) known.push(span.durationUs / 1000);
    else totals.set(key, [span.durationUs / 1000]);
  }
  return new Map([...totals].map(([key, ms]) => [key, Float64Array.from(ms).sort()]));
}
