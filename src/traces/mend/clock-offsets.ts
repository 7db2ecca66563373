import type { Span } from '../../domain/trace.ts';
import { type SpanForest, spanAt } from '../span-forest.ts';

/** Fewer calls than this say too little of two clocks, unless most calls of the window are between clocks that differ. */
const MIN_CALLS = 5;
/** A caller of whose time the callee takes so much waited for it: nothing else makes them so alike. */
const WAITING_SHARE = 0.8;
/** Of the calls between two services so many must be possible under one offset; otherwise there are more than two clocks. */
const AGREEING_SHARE = 0.9;

export interface ClockOffsets {
  /**
   * By how many microseconds the clock of `callee` is ahead of that of `caller`; 0 when no call says otherwise,
   * undefined when the calls do not say.
   */
  find(caller: string, callee: string): number | undefined;
}

/** The calls of one service to another. Each is possible under the offsets from `lowest[i]` to `highest[i]`. */
interface CallerAndCallee {
  impossible: number;
  offset: number | undefined;
  readonly lowest: number[];
  readonly highest: number[];
}

type Pairs = Map<string, Map<string, CallerAndCallee>>;

/**
 * A clock is wrong for all calls alike, so all calls are asked: who waits for another starts before it and ends after it,
 * which leaves a range of offsets for each call. Where most calls are impossible as they are, the offset is in the middle
 * of the range that nearly all of them share.
 */
export function measureClockOffsets(forest: SpanForest): ClockOffsets {
  const { pairs, calls } = findImpossible(forest);
  if (pairs.size === 0) return { find: () => 0 };
  collectRanges(forest, pairs);
  const all = [...pairs.values()].flatMap((callees) => [...callees.values()]);
  let differing = 0;
  for (const pair of all) {
    pair.offset = findOffset(pair, MIN_CALLS);
    if (pair.offset !== undefined) differing += pair.lowest.length;
  }
  if (differing * 2 > calls) for (const pair of all) pair.offset ??= findOffset(pair, 1);
  return {
    find(caller, callee) {
      const pair = pairs.get(caller)?.get(callee);
      return pair ? pair.offset : 0;
    },
  };
}

export function isAsync(parent: Span, child: Span): boolean {
  return parent.kind === 'producer' || child.kind === 'consumer';
}

/** Only pairs with a call that two right clocks do not allow: mostly there are none, and nothing is left to do. */
function findImpossible(forest: SpanForest): { pairs: Pairs; calls: number } {
  const pairs: Pairs = new Map();
  let calls = 0;
  eachCall(forest, (parent, child) => {
    calls++;
    if (!isImpossible(parent, child)) return;
    const callees = pairs.get(parent.service) ?? new Map<string, CallerAndCallee>();
    pairs.set(parent.service, callees);
    const pair = callees.get(child.service) ?? { impossible: 0, offset: undefined, lowest: [], highest: [] };
    callees.set(child.service, pair);
  });
  return { pairs, calls };
}

/** Running on after the caller is possible, if nobody waits; beginning before it is not, and after it hardly. */
function isImpossible(parent: Span, child: Span): boolean {
  const apart = child.startUs - parent.startUs;
  if (apart < 0 || apart > parent.durationUs) return true;
  if (apart + child.durationUs <= parent.durationUs) return false;
  if (parent.kind === 'client' && child.kind === 'server') return true;
  return child.durationUs <= parent.durationUs && child.durationUs >= WAITING_SHARE * parent.durationUs;
}

function collectRanges(forest: SpanForest, pairs: Pairs): void {
  eachCall(forest, (parent, child) => {
    const pair = pairs.get(parent.service)?.get(child.service);
    if (!pair) return;
    const room = parent.durationUs - child.durationUs;
    if (room < 0) return;
    const apart = child.startUs - parent.startUs;
    pair.lowest.push(apart - room);
    pair.highest.push(apart);
    if (isImpossible(parent, child)) pair.impossible++;
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

function findOffset({ impossible, lowest, highest }: CallerAndCallee, minCalls: number): number | undefined {
  const calls = lowest.length;
  if (calls < minCalls || impossible * 2 <= calls) return undefined;
  const { from, to, depth } = findDeepest(Float64Array.from(lowest).sort(), Float64Array.from(highest).sort());
  return depth >= AGREEING_SHARE * calls ? (from + to) / 2 : undefined;
}

/** The range that most ranges share, from their beginnings and ends, each in order. */
function findDeepest(begins: Float64Array, ends: Float64Array) {
  let deepest = { from: 0, to: 0, depth: 0 };
  for (let begun = 0, ended = 0; begun < begins.length; begun++) {
    const from = begins[begun] ?? 0;
    while ((ends[ended] ?? 0) < from) ended++;
    const depth = begun + 1 - ended;
    if (depth > deepest.depth) deepest = { from, to: ends[ended] ?? from, depth };
  }
  return deepest;
}
