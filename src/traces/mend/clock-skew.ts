import type { Span } from '../../domain/trace.ts';
import { plantForest, type SpanForest, spanAt } from '../span-forest.ts';
import { isAsync, measureClockOffsets } from './clock-offsets.ts';
import type { CountRepair } from './mend.ts';
import { DAY_US, MONTH_US } from './span-times.ts';

/**
 * Two hosts, two clocks. Where the calls of one service to another tell how far their clocks are apart, all spans of the
 * callee move by that, and what it calls moves along. Where they do not, a callee that seems to start before its caller,
 * or a server outside the client span that waits for it, is moved into the middle of its caller, and everything below it
 * on the same service moves along: the delay on the way there and back is taken to be equal. (The latter after Jaeger's
 * clock skew adjuster; ours leaves alone what plainly ran on after the caller had gone, unless that was a day later.)
 * Either is `clock-skew`, once for every callee that moves against its caller. A trace that starts more than a month from
 * the middle of the window comes from a clock that was never set, and is moved there: `stray-clock`. So is a span that
 * is that far from its caller on the same service, to where the caller starts: it has no time of its own. Durations
 * never change.
 */
export function alignClocks(spans: readonly Span[], parents: Int32Array, count: CountRepair): Span[] {
  const forest = plantForest(spans, parents);
  const middle = middleOf(forest);
  const offsets = measureClockOffsets(forest);
  /** By how much the clock of each span is turned; a span without a time has its caller's. */
  const clocks = new Float64Array(spans.length);
  const aligned = [...spans];
  for (const index of parentsFirst(forest)) {
    const span = spanAt(forest, index);
    const parentIndex = parents[index] ?? -1;
    const { clock, shift = clock } = parentIndex < 0 ? { clock: shiftRoot(span) } : shiftChild(span, parentIndex);
    clocks[index] = clock;
    if (shift !== 0) aligned[index] = { ...span, startUs: span.startUs + shift };
  }
  return aligned;

  function shiftRoot(span: Span): number {
    if (Math.abs(span.startUs - middle) <= MONTH_US) return 0;
    count('stray-clock');
    return middle - span.startUs;
  }

  function shiftChild(span: Span, parentIndex: number): Shift {
    const parent = spanAt(forest, parentIndex);
    const parentClock = clocks[parentIndex] ?? 0;
    const parentStart = aligned[parentIndex]?.startUs ?? parent.startUs;
    if (parent.service === span.service) return shiftOnSameHost(span, parentStart, parentClock);
    const offset = isAsync(parent, span) ? undefined : offsets.find(parent, span);
    const shift = offset === undefined ? 0 : parentClock - offset;
    const own = findShift(parent, parentStart, span, shift);
    if (own !== undefined || offset) count('clock-skew');
    return { clock: shift + (own ?? 0) };
  }

  function shiftOnSameHost(span: Span, parentStart: number, parentClock: number): Shift {
    const isNear = (clock: number) => Math.abs(span.startUs + clock - parentStart) <= MONTH_US;
    if (isNear(parentClock)) return { clock: parentClock };
    // It is the caller that had no time.
    if (isNear(0)) return { clock: 0 };
    count('stray-clock');
    return { clock: parentClock, shift: parentStart - span.startUs };
  }
}

/** How far the clock of a span's host is turned, and how far the span itself is moved, when that is something else. */
interface Shift {
  readonly clock: number;
  readonly shift?: number;
}

/** How much further the clock of `child`'s host must be turned, or undefined when the two can be true as they are. */
function findShift(parent: Span, parentStart: number, child: Span, childShift: number): number | undefined {
  const childStart = child.startUs + childShift;
  const apart = childStart - parentStart;
  if (isAsync(parent, child)) return Math.abs(apart) > MONTH_US ? -apart : undefined;
  const room = parent.durationUs - child.durationUs;
  const isWaitedFor = parent.kind === 'client' && child.kind === 'server';
  const isLate = isWaitedFor && room >= 0 && childStart + child.durationUs > parentStart + parent.durationUs;
  if (apart >= 0 && apart <= DAY_US && !isLate) return undefined;
  return Math.max(room, 0) / 2 - apart;
}

/** The median start of its traces. */
function middleOf({ spans, parents }: SpanForest): number {
  const starts = new Float64Array(spans.length);
  let roots = 0;
  for (let index = 0; index < spans.length; index++) {
    if ((parents[index] ?? -1) < 0) starts[roots++] = spans[index]?.startUs ?? 0;
  }
  return starts.subarray(0, roots).sort()[roots >> 1] ?? 0;
}

function parentsFirst(forest: SpanForest): Int32Array {
  const { parents } = forest;
  const order = new Int32Array(parents.length);
  let length = 0;
  for (let index = 0; index < parents.length; index++) if ((parents[index] ?? -1) < 0) order[length++] = index;
  for (let next = 0; next < length; next++) {
    for (const child of forest.childrenOf(order[next] ?? 0)) order[length++] = child;
  }
  return order;
}
