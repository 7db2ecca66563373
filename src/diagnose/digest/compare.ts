import type { WindowStats } from '../../domain/trace.ts';
import { spanAt } from '../../traces/span-forest.ts';
import { type OperationKey, type OperationName, toOperationKey } from './client-operations.ts';
import { measureShift, quantile, type Shift, twoProportionZ } from './robust.ts';
import type { EdgeSample, FanOut, OperationSample, WindowObservation } from './window.ts';

/** One operation in both windows; a side is null where the operation did not occur. */
export interface OperationChange {
  readonly service: string;
  readonly operation: string;
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

/** Calls of one operation per span of another. */
export interface FanOutChange {
  readonly parent: OperationName;
  readonly child: OperationName;
  readonly isClientParent: boolean;
  readonly perSpan: { readonly before: number; readonly after: number };
  readonly z: number;
}

export interface Comparison {
  readonly operations: ReadonlyMap<OperationKey, OperationChange>;
  readonly edges: readonly EdgeChange[];
  readonly fanOuts: readonly FanOutChange[];
}

/** The error rates of two healthy windows differ by this anyway. */
const ERROR_DRIFT = 0.005;
/**
 * Two healthy windows differ in calls per span anyway: a little always, and more where spans of one name differ among
 * themselves, because then the mix of requests decides. What was always called and no longer is weighs most.
 */
const FAN_OUT_DRIFT = 0.05;
const MIX_DRIFT = 0.2;

/**
 * The two windows side by side, by robust statistics: median and IQR rather than mean and σ, which a late onset ruins
 * (RCAEval, ASE 2024).
 */
export function compareWindows(before: WindowObservation, after: WindowObservation): Comparison {
  return {
    operations: compareOperations(before, after),
    edges: compareEdges(before, after),
    fanOuts: compareFanOuts(before, after),
  };
}

function compareOperations(before: WindowObservation, after: WindowObservation): Map<OperationKey, OperationChange> {
  const changes = new Map<OperationKey, OperationChange>();
  for (const key of unionOfKeys(before.operations, after.operations)) {
    const old = before.operations.get(key);
    const now = after.operations.get(key);
    const { service = '', operation = '' } = now ?? old ?? {};
    const shift = old && now ? measureShift(ownMsOf(before, old.spans), ownMsOf(after, now.spans)) : undefined;
    changes.set(key, {
      service,
      operation,
      before: old ? statsOf(before, old) : null,
      after: now ? statsOf(after, now) : null,
      shift,
      addedMsPerTrace: ((shift?.meanMs ?? 0) * (now?.spans.length ?? 0)) / Math.max(after.traces, 1),
      errors: { before: old?.errors ?? 0, after: now?.errors ?? 0, z: errorZ(before, old, after, now) },
    });
  }
  return changes;
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
    return known ? [compareEdge(known, before, old, after, now)] : [];
  });
}

function compareEdge(
  known: EdgeSample,
  before: WindowObservation,
  old: EdgeSample | undefined,
  after: WindowObservation,
  now: EdgeSample | undefined,
): EdgeChange {
  const gapsBefore = ownMsOf(before, old?.spans ?? []);
  const gapsAfter = ownMsOf(after, now?.spans ?? []);
  const shift = old && now ? measureShift(gapsBefore, gapsAfter) : undefined;
  const [called] = [...(old ?? known).calleeOperations, ...known.calleeOperations].sort((a, b) => b[1] - a[1]);
  return {
    caller: known.caller,
    operation: known.operation,
    callee: known.callee,
    calleeOperation: called?.[0],
    gapMs: { before: quantile(gapsBefore, 0.5), after: quantile(gapsAfter, 0.5) },
    shift,
    addedMsPerTrace: ((shift?.meanMs ?? 0) * gapsAfter.length) / Math.max(after.traces, 1),
    calls: { before: gapsBefore.length, after: gapsAfter.length },
    lost: { before: old?.lost ?? 0, after: now?.lost ?? 0 },
    originErrors: { before: old?.originErrors ?? 0, after: now?.originErrors ?? 0 },
  };
}

/** Only for parents seen in both windows: children of a missing parent are missing with it, and say nothing more. */
function compareFanOuts(before: WindowObservation, after: WindowObservation): FanOutChange[] {
  const changes: FanOutChange[] = [];
  for (const key of unionOfKeys(before.fanOuts, after.fanOuts)) {
    const old = before.fanOuts.get(key);
    const now = after.fanOuts.get(key);
    const known = now ?? old;
    if (!known) continue;
    const parent = toOperationKey(known.parent);
    const parentsBefore = before.operations.get(parent)?.spans.length ?? 0;
    const parentsAfter = after.operations.get(parent)?.spans.length ?? 0;
    if (parentsBefore === 0 || parentsAfter === 0) continue;
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

export function statsOf(window: WindowObservation, sample: OperationSample): WindowStats {
  const own = ownMsOf(window, sample.spans);
  const total = Float64Array.from(sample.spans, (index) => spanAt(window.forest, index).durationUs / 1000).sort();
  return {
    spans: own.length,
    ownMsP50: quantile(own, 0.5),
    ownMsP95: quantile(own, 0.95),
    totalMsP50: quantile(total, 0.5),
    originErrors: sample.originErrors,
  };
}

function ownMsOf(window: WindowObservation, spans: readonly number[]): Float64Array {
  return Float64Array.from(spans, (index) => (window.own[index] ?? 0) / 1000).sort();
}

function unionOfKeys(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): Set<string> {
  return new Set([...a.keys(), ...b.keys()]);
}
