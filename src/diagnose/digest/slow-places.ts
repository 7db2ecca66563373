import { spanAt } from '../../traces/span-forest.ts';
import { toOperationKey } from './client-operations.ts';
import type { Comparison, EdgeChange } from './compare.ts';
import { isSlower } from './findings.ts';
import type { Visit } from './queue.ts';
import type { WindowObservation } from './window.ts';

/** What added less time than these is not what the window is about. */
const MAX_PLACES = 5;

/** Both windows, observed. */
export interface Windows {
  readonly before: WindowObservation;
  readonly after: WindowObservation;
}

/** Where requests take longer themselves: an operation, or the way to it. Spans are indexes into the window's forest. */
export interface SlowPlace {
  readonly service: string;
  readonly operation: string | undefined;
  readonly addedMsPerTrace: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Those that added most time first. A client span's own time is the way to whom it calls, so it is that one's. */
export function listSlowPlaces(windows: Windows, comparison: Comparison, requestMs: number): SlowPlace[] {
  const calling = new Set(comparison.edges.map(({ caller, operation }) => nameOf(caller, operation)));
  const operations = [...comparison.operations.values()].filter(
    (change) => isSlower(change, requestMs) && !calling.has(nameOf(change.service, change.operation)),
  );
  const ways = comparison.edges.filter((edge) => isSlower(edge, requestMs));
  return [
    ...takeWorst(operations).map(({ service, operation, addedMsPerTrace }) => {
      const spansIn = ({ operations }: WindowObservation) => operations.get(nameOf(service, operation))?.spans ?? [];
      return { service, operation, addedMsPerTrace, before: spansIn(windows.before), after: spansIn(windows.after) };
    }),
    ...takeWorst(ways).map((way) => ({
      service: way.callee,
      operation: way.calleeOperation,
      addedMsPerTrace: way.addedMsPerTrace,
      before: findWay(windows.before, way),
      after: findWay(windows.after, way),
    })),
  ].sort(byAddedTime);
}

function takeWorst<Change extends { readonly addedMsPerTrace: number }>(changes: Change[]): Change[] {
  return changes.sort(byAddedTime).slice(0, MAX_PLACES);
}

function byAddedTime(a: { readonly addedMsPerTrace: number }, b: { readonly addedMsPerTrace: number }): number {
  return b.addedMsPerTrace - a.addedMsPerTrace;
}

function findWay({ edges }: WindowObservation, { caller, operation, callee }: EdgeChange): readonly number[] {
  for (const edge of edges.values()) {
    if (edge.caller === caller && edge.operation === operation && edge.callee === callee) return edge.spans;
  }
  return [];
}

function nameOf(service: string, operation: string): string {
  return toOperationKey({ service, operation });
}

export function listVisits({ forest, own }: WindowObservation, spans: readonly number[]): Visit[] {
  return spans.map((index) => {
    const { traceId, startUs, durationUs } = spanAt(forest, index);
    return { trace: traceId, startUs, endUs: startUs + durationUs, ownUs: own[index] ?? 0 };
  });
}

/**
 * What may stand before a visit in a queue: whatever enters the service, for its workers serve all of its operations; inside
 * the service, or on the way to it, only its own kind.
 */
export function listRivals(window: WindowObservation, { service, after }: SlowPlace): Visit[] {
  const [first] = after;
  if (first === undefined || !entersService(window, first, service)) return listVisits(window, after);
  const spans = [...window.operations.values()].flatMap((sample) => (sample.service === service ? sample.spans : []));
  const entering = spans.filter((index) => entersService(window, index, service));
  return listVisits(window, entering);
}

function entersService({ forest }: WindowObservation, index: number, service: string): boolean {
  const parent = forest.parents[index] ?? -1;
  if (spanAt(forest, index).service !== service) return false;
  return parent < 0 || spanAt(forest, parent).service !== service;
}
