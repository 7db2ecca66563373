import type { WindowStats } from '../../domain/trace.ts';
import { spanAt } from '../../traces/span-forest.ts';
import type { OperationKey } from './client-operations.ts';
import { compareFanOuts, type FanOutChange } from './compare-fan-outs.ts';
import { listMissingCalls, type MissingCalls } from './missing-calls.ts';
import { listNewcomers, type Newcomer } from './newcomers.ts';
import { measureShift, quantile, type Shift, twoProportionZ } from './robust.ts';
import { listUnanswered, type Unanswered } from './unanswered.ts';
import { type EdgeSample, type OperationSample, unionOfKeys, type WindowObservation } from './window.ts';

/** One operation in both windows; a side is null where the operation did not occur. */
export interface OperationChange {
  readonly service: string;
  readonly operation: string;
  /** The calling half of a call: its own time is the call's gap. */
  readonly isClient: boolean;
  readonly before: WindowStats | null;
  readonly after: WindowStats | null;
  /** Of its own time. */
  readonly shift: Shift | undefined;
  /** Own time that the operation added to an average trace. */
  readonly addedMsPerTrace: number;
  /** All of them, also those that came from below: for signals, not for blame. */
  readonly errors: { readonly before: number; readonly after: number; readonly z: number };
}

/** One call from client span to service, in both windows. The gap is the client span's own time. */
export interface EdgeChange {
  readonly key: string;
  readonly caller: string;
  readonly operation: string;
  readonly callee: string;
  readonly calleeOperation: string | undefined;
  readonly gapMs: { readonly before: number; readonly after: number };
  readonly shift: Shift | undefined;
  readonly addedMsPerTrace: number;
  readonly calls: { readonly before: number; readonly after: number };
  readonly lost: { readonly before: number; readonly after: number };
  readonly originErrors: { readonly before: number; readonly after: number };
}

export interface Comparison {
  readonly operations: ReadonlyMap<OperationKey, OperationChange>;
  readonly edges: readonly EdgeChange[];
  readonly fanOuts: readonly FanOutChange[];
  readonly missingCalls: readonly MissingCalls[];
  readonly newcomers: readonly Newcomer[];
  /** The share of spans that never arrived, of the window that lacks more. */
  readonly loss: number;
}

/** Where spans were lost, single ones may still lack what nobody knows of. */
const FEWEST_WHOLE = 3;
/** The error rates of two healthy windows differ by this anyway. */
const ERROR_DRIFT = 0.005;
/**
 * The two windows side by side, by robust statistics: median and IQR rather than mean and σ, which a late onset ruins
 * (RCAEval, ASE 2024).
 */
export function compareWindows(before: WindowObservation, after: WindowObservation): Comparison {
  const unanswered = listUnanswered(before, after);
  return {
    operations: compareOperations(before, after, unanswered),
    edges: [...compareEdges(before, after), ...unanswered.map((one) => toEdgeChange(one, before, after))],
    fanOuts: compareFanOuts(before, after, new Set(unanswered.map(({ caller }) => caller))),
    missingCalls: listMissingCalls(before, after),
    newcomers: listNewcomers(before, after),
    loss: Math.max(before.loss, after.loss),
  };
}

/** Spans that waited in vain are left out of their own operation: what they lost is their callee's doing. */
function compareOperations(
  before: WindowObservation,
  after: WindowObservation,
  unanswered: readonly Unanswered[],
): Map<OperationKey, OperationChange> {
  const waited = new Map(unanswered.map(({ caller, spans }) => [caller, spans]));
  const changes = new Map<OperationKey, OperationChange>();
  for (const key of unionOfKeys(before.operations, after.operations)) {
    const old = before.operations.get(key);
    const now = after.operations.get(key);
    const { service = '', operation = '' } = now ?? old ?? {};
    const answered = withoutSpans(now, waited.get(key));
    const shift =
      old && answered
        ? shiftOf(ownMsOf(before, old.spans), ownMsOf(after, answered.spans), before.fragments ? FEWEST_WHOLE : 1)
        : undefined;
    changes.set(key, {
      service,
      operation,
      isClient: (now ?? old)?.isClient ?? false,
      before: old ? statsOf(before, old) : null,
      after: answered ? statsOf(after, answered) : null,
      shift,
      addedMsPerTrace: ((shift?.meanMs ?? 0) * (answered?.spans.length ?? 0)) / Math.max(after.traces, 1),
      errors: { before: old?.errors ?? 0, after: now?.errors ?? 0, z: errorZ(before, old, after, now) },
    });
  }
  return changes;
}

/** Undefined when none is left. */
function withoutSpans(
  sample: OperationSample | undefined,
  spans: ReadonlySet<number> | undefined,
): OperationSample | undefined {
  if (!sample || !spans) return sample;
  const isLeft = (index: number) => !spans.has(index);
  const left = sample.spans.filter(isLeft);
  return left.length === 0 ? undefined : { ...sample, spans: left, originErrors: sample.originErrors.filter(isLeft) };
}

function toEdgeChange(
  { caller, callee, spans }: Unanswered,
  before: WindowObservation,
  after: WindowObservation,
): EdgeChange {
  const old = before.operations.get(caller);
  const now = after.operations.get(caller);
  const failed = { before: 0, after: spans.size };
  return {
    key: `${caller}\u0000${callee.service}`,
    caller: now?.service ?? '',
    operation: now?.operation ?? '',
    callee: callee.service,
    calleeOperation: callee.operation,
    gapMs: { before: 0, after: 0 },
    shift: undefined,
    addedMsPerTrace: 0,
    calls: { before: old?.spans.length ?? 0, after: now?.spans.length ?? 0 },
    lost: failed,
    originErrors: failed,
  };
}

/** An operation that is new has no rate before; its errors are then judged against the traces. */
function errorZ(
  before: WindowObservation,
  old: OperationSample | undefined,
  after: WindowObservation,
  now: OperationSample | undefined,
): number {
  if (!now) return 0;
  const rate = { hits: now.errors, of: now.spans.length };
  if (old) return twoProportionZ({ hits: old.errors, of: old.spans.length }, rate, ERROR_DRIFT);
  const perTrace = { hits: Math.min(now.errors, after.traces), of: after.traces };
  return twoProportionZ({ hits: 0, of: before.traces }, perTrace, ERROR_DRIFT);
}

function compareEdges(before: WindowObservation, after: WindowObservation): EdgeChange[] {
  return [...unionOfKeys(before.edges, after.edges)].flatMap((key) => {
    const old = before.edges.get(key);
    const now = after.edges.get(key);
    const known = now ?? old;
    return known ? [compareEdge(key, known, before, old, after, now)] : [];
  });
}

function compareEdge(
  key: string,
  known: EdgeSample,
  before: WindowObservation,
  old: EdgeSample | undefined,
  after: WindowObservation,
  now: EdgeSample | undefined,
): EdgeChange {
  // A lost call has no way to measure: all of it is the called side's silence. Some callees are never heard of, though.
  const isHeard = [old, now].some((sample) => sample !== undefined && sample.lost < sample.spans.length);
  const gapsBefore = gapMsOf(before, isHeard ? listAnswered(before, old) : (old?.spans ?? []));
  const gapsAfter = gapMsOf(after, isHeard ? listAnswered(after, now) : (now?.spans ?? []));
  const shift = shiftOf(gapsBefore, gapsAfter);
  const [called] = [...(old ?? known).calleeOperations, ...known.calleeOperations].sort((a, b) => b[1] - a[1]);
  return {
    key,
    caller: known.caller,
    operation: known.operation,
    callee: known.callee,
    calleeOperation: called?.[0],
    gapMs: { before: quantile(gapsBefore, 0.5), after: quantile(gapsAfter, 0.5) },
    shift,
    addedMsPerTrace: ((shift?.meanMs ?? 0) * gapsAfter.length) / Math.max(after.traces, 1),
    calls: { before: old?.spans.length ?? 0, after: now?.spans.length ?? 0 },
    lost: { before: old?.lost ?? 0, after: now?.lost ?? 0 },
    originErrors: { before: old?.originErrors.length ?? 0, after: now?.originErrors.length ?? 0 },
  };
}

/** Own time, and for a message the time until somebody took it. */
function gapMsOf(window: WindowObservation, spans: readonly number[]): Float64Array {
  const { forest, own } = window;
  return Float64Array.from(spans, (index) => {
    const [child] = forest.childrenOf(index);
    const { startUs, durationUs } = spanAt(forest, index);
    const lagUs = child === undefined ? 0 : spanAt(forest, child).startUs - startUs - durationUs;
    return ((own[index] ?? 0) + Math.max(lagUs, 0)) / 1000;
  }).sort();
}

function listAnswered(window: WindowObservation, sample: EdgeSample | undefined): readonly number[] {
  return (sample?.spans ?? []).filter((index) => window.forest.childrenOf(index).length > 0);
}

export function statsOf(window: WindowObservation, sample: OperationSample): WindowStats {
  const own = ownMsOf(window, sample.spans);
  const total = Float64Array.from(sample.spans, (index) => spanAt(window.forest, index).durationUs / 1000).sort();
  return {
    spans: sample.spans.length,
    ownMsP50: quantile(own, 0.5),
    ownMsP95: quantile(own, 0.95),
    totalMsP50: quantile(total, 0.5),
    originErrors: sample.originErrors.length,
  };
}

function shiftOf(before: Float64Array, after: Float64Array, fewest = 1): Shift | undefined {
  return before.length >= fewest && after.length >= fewest ? measureShift(before, after) : undefined;
}

/** Of whole spans. */
function ownMsOf({ own, fragments }: WindowObservation, spans: readonly number[]): Float64Array {
  const whole = fragments ? spans.filter((index) => fragments[index] !== 1) : spans;
  return Float64Array.from(whole, (index) => (own[index] ?? 0) / 1000).sort();
}
