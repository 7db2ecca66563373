import type { Span } from '../../domain/trace.ts';
import { type SpanForest, spanAt } from '../span-forest.ts';

/** Fewer calls than this say too little of two clocks, unless most calls of the window are between clocks that differ. */
const MIN_CALLS = 5;
/** So many calls must be possible under one offset; otherwise there are more than two clocks, or nobody waits. */
const AGREEING_SHARE = 0.9;
/** A caller whose time varies with the callee's, but for this share of the variance, waited for it: kinds may be missing. */
const UNSHARED_VARIANCE = 0.25;
/** What nobody waits for begins late, never early: with so many early calls, the late ones are the clocks' doing too. */
const EARLY_SHARE = 0.1;

export interface ClockOffsets {
  /**
   * By how many microseconds the clock of the callee is ahead of the caller's; 0 when no call says otherwise, undefined
   * when too few do.
   */
  find(caller: Span, callee: Span): number | undefined;
}

/** A call that has room in its caller: possible if the offset is from `lowest` to `highest`. */
interface Call {
  readonly traceId: string;
  readonly callerUs: number;
  readonly lowest: number;
  readonly highest: number;
  /** As it is: `outlasting` is possible where nobody waits; `early` and `late` hardly are with two right clocks. */
  readonly place: 'within' | 'outlasting' | 'early' | 'late';
}

/** Two services, one calling the other. */
interface Pair {
  readonly calls: Call[];
  offset: number | undefined;
  /** Where there are more than two clocks: a trace mostly meets one of each. */
  readonly offsetIn: Map<string, number | undefined>;
}

type Pairs = Map<string, Map<string, Pair>>;

/**
 * A clock is wrong for all calls alike, so all calls are asked: who waits for another starts before it and ends after it,
 * which leaves a range of offsets for each call. Where most calls are impossible as they are, the offset is in the middle
 * of the range that nearly all of them share.
 */
export function measureClockOffsets(forest: SpanForest): ClockOffsets {
  const { pairs, total } = findSuspicious(forest);
  if (pairs.size === 0) return { find: () => 0 };
  collectCalls(forest, pairs);
  measurePairs(
    [...pairs.values()].flatMap((callees) => [...callees.values()]),
    total,
  );
  return {
    find(caller, callee) {
      const pair = pairs.get(caller.service)?.get(callee.service);
      return pair ? (pair.offset ?? pair.offsetIn.get(callee.traceId)) : 0;
    },
  };
}

export function isAsync(parent: Span, child: Span): boolean {
  return parent.kind === 'producer' || child.kind === 'consumer';
}

/** Only pairs with a call outside its caller: mostly there are none, and nothing is left to do. */
function findSuspicious(forest: SpanForest): { readonly pairs: Pairs; readonly total: number } {
  const pairs: Pairs = new Map();
  let total = 0;
  eachCall(forest, (parent, child) => {
    total++;
    if (placeOf(parent, child) === 'within') return;
    const callees = pairs.get(parent.service) ?? new Map<string, Pair>();
    pairs.set(parent.service, callees);
    if (!callees.has(child.service)) callees.set(child.service, { calls: [], offset: undefined, offsetIn: new Map() });
  });
  return { pairs, total };
}

function placeOf(parent: Span, child: Span): Call['place'] {
  const apart = child.startUs - parent.startUs;
  if (apart < 0) return 'early';
  if (apart + child.durationUs <= parent.durationUs) return 'within';
  const isWaitedFor = parent.kind === 'client' && child.kind === 'server';
  return isWaitedFor || apart > parent.durationUs ? 'late' : 'outlasting';
}

function collectCalls(forest: SpanForest, pairs: Pairs): void {
  eachCall(forest, (parent, child) => {
    const pair = pairs.get(parent.service)?.get(child.service);
    const room = parent.durationUs - child.durationUs;
    if (!pair || room < 0) return;
    const highest = child.startUs - parent.startUs;
    const place = placeOf(parent, child);
    const { traceId } = child;
    pair.calls.push({ traceId, callerUs: parent.durationUs, lowest: highest - room, highest, place });
  });
}

function eachCall(forest: SpanForest, visit: (parent: Span, child: Span) => void): void {
  const { spans, parents } = forest;
  for (let index = 0; index < spans.length; index++) {
    const parentIndex = parents[index] ?? -1;
    if (parentIndex < 0) continue;
    const child = spanAt(forest, index);
    const parent = spanAt(forest, parentIndex);
    if (parent.service !== child.service && !isAsync(parent, child)) visit(parent, child);
  }
}

function measurePairs(pairs: readonly Pair[], total: number): void {
  let differing = 0;
  for (const pair of pairs) {
    if (pair.calls.length < MIN_CALLS) continue;
    pair.offset = findOffset(pair.calls);
    if (pair.offset !== undefined && pair.offset !== 0) differing += pair.calls.length;
    if (pair.offset === undefined) measureByTrace(pair);
  }
  if (differing * 2 <= total) return;
  for (const pair of pairs) if (pair.calls.length < MIN_CALLS) pair.offset = findOffset(pair.calls);
}

function measureByTrace({ calls, offsetIn }: Pair): void {
  if (countPlaces(calls, 'early') < EARLY_SHARE * calls.length) return;
  const traces = new Map<string, Call[]>();
  for (const call of calls) {
    const trace = traces.get(call.traceId);
    if (trace) trace.push(call);
    else traces.set(call.traceId, [call]);
  }
  for (const [traceId, trace] of traces) offsetIn.set(traceId, findOffset(trace));
}

function findOffset(calls: readonly Call[]): number | undefined {
  if (calls.length === 0) return undefined;
  const outlasting = countPlaces(calls, 'outlasting');
  const wrong = countPlaces(calls, 'early') + countPlaces(calls, 'late');
  const waitedFor = outlasting > 0 && variesWithCallee(calls) ? outlasting : 0;
  if ((wrong + waitedFor) * 2 <= calls.length) return 0;
  const lowest = Float64Array.from(calls, (call) => call.lowest).sort();
  const highest = Float64Array.from(calls, (call) => call.highest).sort();
  const { from, to, depth } = findDeepest(lowest, highest);
  return depth >= AGREEING_SHARE * calls.length ? (from + to) / 2 : undefined;
}

function countPlaces(calls: readonly Call[], place: Call['place']): number {
  let count = 0;
  for (const call of calls) if (call.place === place) count++;
  return count;
}

function variesWithCallee(calls: readonly Call[]): boolean {
  if (calls.length < MIN_CALLS) return false;
  const rooms = calls.map(({ lowest, highest }) => highest - lowest);
  return varianceOf(rooms) < UNSHARED_VARIANCE * varianceOf(calls.map(({ callerUs }) => callerUs));
}

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/** The range that most ranges share, from their beginnings and ends, each in order. */
function findDeepest(begins: Float64Array, ends: Float64Array): { from: number; to: number; depth: number } {
  let deepest = { from: 0, to: 0, depth: 0 };
  let ended = 0;
  for (const [begun, from] of begins.entries()) {
    while ((ends[ended] ?? from) < from) ended++;
    const depth = begun + 1 - ended;
    if (depth > deepest.depth) deepest = { from, to: ends[ended] ?? from, depth };
  }
  return deepest;
}
