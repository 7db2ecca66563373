import type { LoadShape, Suspect } from '../../domain/trace.ts';
import { spanAt } from '../../traces/span-forest.ts';
import type { Comparison } from './compare.ts';
import type { Load } from './load.ts';
import { measureQueue } from './queue.ts';
import { measureRate } from './rate.ts';
import { quantile } from './robust.ts';
import { listRivals, listSlowPlaces, listVisits, type SlowPlace, type Windows } from './slow-places.ts';
import type { WindowObservation } from './window.ts';
import { formatGrowth, formatMs, formatRate, toName } from './wording.ts';

const MAX_SHAPES = 4;
/** A rate that grew by less, and of which nothing says that it grew, is told as the same. */
const SAME_RATE = 1.5;
/** What of a request grew by less is not told: of p50 and p95 the first that grew by more. */
const MOVED = 1.05;
/** What adds less than this to a typical request is not what the whole of the window looks like. */
const TELLING_SHARE = 0.05;

/**
 * What the whole of the window looks like, at most four, most telling first: queues, then the load, then mere slowness.
 * In a healthy window nobody is suspect, and no more than the load can differ.
 */
export function listShapes(
  windows: Windows,
  comparison: Comparison,
  load: Load | undefined,
  requestMs: number,
  isHealthy: boolean,
): LoadShape[] {
  const slow = isHealthy ? [] : listSlowPlaces(windows, comparison, requestMs);
  const queues = slow.flatMap((place) => describeQueue(windows, place, load));
  const [slowest] = slow;
  const isSlowdown = load && queues.length === 0 && hasNoMoreLoad(load);
  const isTelling = (slowest?.addedMsPerTrace ?? 0) >= TELLING_SHARE * requestMs;
  return [
    ...queues.filter((queue, index) => queues.findIndex(({ service }) => service === queue.service) === index),
    ...describeLoad(load),
    ...(isSlowdown && slowest && isTelling ? describeSlowdown(windows, slowest, load) : []),
  ].slice(0, MAX_SHAPES);
}

/** A suspect at whom requests queue says so among its reasons; the first one, else, that there was more to do than before. */
export function quoteShapes(suspects: readonly Suspect[], shapes: readonly LoadShape[]): Suspect[] {
  const load = shapes.find(({ kind }) => kind === 'more-load');
  return suspects.map((suspect, index) => {
    const queue = shapes.find(({ kind, service }) => kind === 'saturation' && service === suspect.service);
    const shape = queue ?? (index === 0 ? load : undefined);
    return shape ? { ...suspect, reasons: [...suspect.reasons, shape.reason] } : suspect;
  });
}

/** More are in flight while no more get done. */
function describeQueue({ before, after }: Windows, place: SlowPlace, load: Load | undefined): LoadShape[] {
  const visits = listVisits(after, place.after);
  const found = measureQueue(visits, listRivals(after, place), load?.kind === 'calls_up');
  const old = listVisits(before, place.before);
  const arrivals = measureRate(Float64Array.from(old, (visit) => visit.startUs));
  const completions = measureRate(Float64Array.from(old, (visit) => visit.endUs));
  if (!found?.isQueue || !arrivals || !completions) return [];
  // Little's law: how many are there at a time is how many come in a second, times the seconds that each stays.
  const inFlightBefore = arrivals.perSecond * typicalSeconds(before, place.before);
  const inFlight = found.arrivals.perSecond * typicalSeconds(after, place.after);
  if (inFlight <= inFlightBefore) return [];
  const reason = [
    `requests queue at ${toName(place.operation ?? place.service)}:`,
    `${formatRate(arrivals.perSecond)} → ${formatRate(found.arrivals.perSecond)} arrive and`,
    `${formatRate(completions.perSecond)} → ${formatRate(found.completions.perSecond)} are done per second,`,
    `${formatRate(inFlightBefore)} → ${formatRate(inFlight)} in flight`,
  ].join(' ');
  return [toShape('saturation', place, reason)];
}

function describeLoad(load: Load | undefined): LoadShape[] {
  const [entry] = load?.seenAt ?? [];
  if (!load?.kind || !entry) return [];
  const { kind, beforePerSecond, afterPerSecond } = load;
  const rates = `${formatRate(beforePerSecond)} → ${formatRate(afterPerSecond)} per second`;
  return kind === 'calls_up'
    ? [toShape('more-load', entry, `requests arrive faster: ${rates}${formatGrowth(beforePerSecond, afterPerSecond)}`)]
    : [toShape('less-load', entry, `requests arrive slower: ${rates}`)];
}

function hasNoMoreLoad({ kind, beforePerSecond, afterPerSecond }: Load): boolean {
  return kind !== 'calls_up' && afterPerSecond < SAME_RATE * beforePerSecond;
}

/** None where a whole request is as long as before, though its parts changed places or a message waits after it. */
function describeSlowdown(windows: Windows, place: SlowPlace, load: Load): LoadShape[] {
  const before = durationsMs(windows.before, place.before);
  const after = durationsMs(windows.after, place.after);
  const p = [0.5, 0.95].find((share) => quantile(after, share) > MOVED * quantile(before, share));
  if (p === undefined) return [];
  const [from, to] = [quantile(before, p), quantile(after, p)];
  const what = `${toName(place.operation ?? place.service)} p${100 * p} ${formatMs(from)} → ${formatMs(to)}${formatGrowth(from, to)}`;
  const rates = `${formatRate(load.beforePerSecond)} → ${formatRate(load.afterPerSecond)} per second`;
  return [toShape('slowdown', place, `requests take longer though no more of them arrive: ${what} at ${rates}`)];
}

function toShape(
  kind: LoadShape['kind'],
  at: { readonly service: string; readonly operation: string | undefined },
  reason: string,
): LoadShape {
  const { service, operation } = at;
  return { kind, service, ...(operation === undefined ? {} : { operation }), reason };
}

function typicalSeconds(window: WindowObservation, spans: readonly number[]): number {
  return quantile(durationsMs(window, spans), 0.5) / 1000;
}

function durationsMs({ forest }: WindowObservation, spans: readonly number[]): Float64Array {
  return Float64Array.from(spans, (index) => spanAt(forest, index).durationUs / 1000).sort();
}
