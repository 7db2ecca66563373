import { toOperationKey } from './client-operations.ts';
import type { Comparison, EdgeChange, FanOutChange, OperationChange } from './compare.ts';
import { blameGaps } from './gaps.ts';
import { type Proportion, type Shift, twoProportionZ } from './robust.ts';
import { formatGrowth, formatMs, toName } from './wording.ts';

/** One thing that changed, charged to one service. */
export interface Finding {
  readonly ranker: 'own-time' | 'gap' | 'error' | 'lost' | 'fan-out';
  readonly service: string;
  readonly operation: string | undefined;
  /** In standard errors, drift included. */
  readonly z: number;
  readonly addedMsPerTrace: number;
  readonly reason: string;
}

/**
 * From which z on a change counts. Chosen on generated faults and generated healthy windows (services drifting by 8 %,
 * request mix changing, one service in seven erring at 2 %) so that at most one healthy window in twenty has a suspect.
 */
export const NOTABLE = { latency: 3.5, proportion: 2, fanOut: 3 } as const;
/** Below this share of a typical request's time nobody would call it the cause of an alert. */
const RELEVANT_SHARE = 0.02;
/** As in `twoProportionZ`: the rates of two healthy windows differ by this anyway. */
const ERROR_DRIFT = 0.005;
const LOST_DRIFT = 0.02;

/** All notable changes, each charged to the service whose doing it most likely is. `requestMs`: a typical request before. */
export function listFindings(comparison: Comparison, requestMs: number): Finding[] {
  return [
    ...findOwnTime(comparison, requestMs),
    ...findGaps(comparison, requestMs),
    ...findErrors(comparison),
    ...findLost(comparison.edges),
    ...comparison.fanOuts.flatMap(findFanOut),
  ];
}

export function latencyZ(shift: Shift | undefined): number {
  return shift ? Math.max(shift.medianZ, shift.tailZ) : 0;
}

/** A client span's own time is its gap, and judged as one. */
function findOwnTime(comparison: Comparison, requestMs: number): Finding[] {
  const clients = new Set(
    comparison.edges.map((edge) => toOperationKey({ service: edge.caller, operation: edge.operation })),
  );
  return [...comparison.operations.values()].flatMap((change) => {
    if (clients.has(toOperationKey(change)) || !isSlower(change, requestMs)) return [];
    return [
      {
        ranker: 'own-time' as const,
        service: change.service,
        operation: change.operation,
        z: latencyZ(change.shift),
        addedMsPerTrace: change.addedMsPerTrace,
        reason: ownTimeReason(change),
      },
    ];
  });
}

export function isSlower(change: Pick<OperationChange, 'shift' | 'addedMsPerTrace'>, requestMs: number): boolean {
  const { shift, addedMsPerTrace } = change;
  if (!shift || latencyZ(shift) < NOTABLE.latency) return false;
  return addedMsPerTrace > 0 && Math.max(addedMsPerTrace, shift.meanMs) > RELEVANT_SHARE * requestMs;
}

/** Tells the median when it moved, else the tail. */
function ownTimeReason({ operation, before, after, shift }: OperationChange): string {
  if (!before || !after || !shift) return '';
  const [label, from, to] =
    shift.medianZ >= NOTABLE.latency
      ? ['p50', before.ownMsP50, after.ownMsP50]
      : ['p95', before.ownMsP95, after.ownMsP95];
  return `own time ${label} of ${toName(operation)} ${formatMs(from)} → ${formatMs(to)}${formatGrowth(from, to)}`;
}

function findGaps(comparison: Comparison, requestMs: number): Finding[] {
  return blameGaps(comparison.edges, (edge) => isSlower(edge, requestMs)).map(({ service, edge }) => {
    const isCallee = service === edge.callee;
    const { before, after } = edge.gapMs;
    const way = `${toName(edge.caller)} ${toName(edge.operation)} → ${toName(edge.callee)}`;
    return {
      ranker: 'gap' as const,
      service,
      operation: isCallee ? edge.calleeOperation : edge.operation,
      z: latencyZ(edge.shift),
      addedMsPerTrace: edge.addedMsPerTrace,
      reason: `time on the way ${way} p50 ${formatMs(before)} → ${formatMs(after)}${formatGrowth(before, after)}`,
    };
  });
}

interface Pool {
  readonly before: { hits: number; of: number };
  readonly after: { hits: number; of: number };
  /** The operation that changed most, as judged alone. */
  worst: { readonly operation: string | undefined; readonly z: number };
}

/**
 * Errors of a service: pooled over its operations, for each may be too rare to judge alone, and of its worst operation,
 * for many that always erred a little may hide one that now always does. An erring client span without an
 * erring child is charged to the called side: what failed is the call.
 */
function findErrors(comparison: Comparison): Finding[] {
  const pools = new Map<string, Pool>();
  for (const change of comparison.operations.values()) {
    const { before, after } = change;
    if ((before?.originErrors ?? 0) + (after?.originErrors ?? 0) === 0) continue;
    addToPool(pools, change.service, change.operation, toProportion(before), toProportion(after), ERROR_DRIFT);
  }
  for (const edge of comparison.edges) {
    const { before, after } = edge.originErrors;
    if (before + after === 0) continue;
    const counts = [
      { hits: before, of: edge.calls.before },
      { hits: after, of: edge.calls.after },
    ] as const;
    addToPool(pools, edge.callee, edge.calleeOperation, ...counts, ERROR_DRIFT);
  }
  return toPooledFindings(pools, 'error', ERROR_DRIFT, 'errors begin here');
}

function toProportion(stats: OperationChange['before']): Proportion {
  return { hits: stats?.originErrors ?? 0, of: stats?.spans ?? 0 };
}

/** Calls that the other side shows no trace of: it refused, died, or never got them. */
function findLost(edges: readonly EdgeChange[]): Finding[] {
  const pools = new Map<string, Pool>();
  for (const { callee, calleeOperation, lost, calls } of edges) {
    if (lost.before + lost.after === 0) continue;
    const before = { hits: lost.before, of: calls.before };
    addToPool(pools, callee, calleeOperation, before, { hits: lost.after, of: calls.after }, LOST_DRIFT);
  }
  return toPooledFindings(pools, 'lost', LOST_DRIFT, 'calls to it that it shows no span of');
}

function addToPool(
  pools: Map<string, Pool>,
  service: string,
  operation: string | undefined,
  before: Proportion,
  after: Proportion,
  drift: number,
): void {
  let pool = pools.get(service);
  if (!pool) {
    pool = { before: { hits: 0, of: 0 }, after: { hits: 0, of: 0 }, worst: { operation, z: 0 } };
    pools.set(service, pool);
  }
  pool.before.hits += before.hits;
  pool.before.of += before.of;
  pool.after.hits += after.hits;
  pool.after.of += after.of;
  const z = twoProportionZ(before, after, drift);
  if (z > pool.worst.z) pool.worst = { operation, z };
}

function toPooledFindings(
  pools: ReadonlyMap<string, Pool>,
  ranker: 'error' | 'lost',
  drift: number,
  what: string,
): Finding[] {
  return [...pools].flatMap(([service, { before, after, worst }]) => {
    const z = Math.max(twoProportionZ(before, after, drift), worst.z);
    if (z < NOTABLE.proportion) return [];
    const reason = `${what}: ${before.hits} of ${before.of} → ${after.hits} of ${after.of}`;
    return [{ ranker, service, operation: worst.operation, z, addedMsPerTrace: 0, reason }];
  });
}

/** Who calls differently is charged with it; what lies below a client span is the called side's, and counted as lost. */
function findFanOut(change: FanOutChange): Finding[] {
  if (change.isClientParent || Math.abs(change.z) < NOTABLE.fanOut) return [];
  const { before, after } = change.perSpan;
  const reason = `calls of ${toName(change.child.operation)} per ${toName(change.parent.operation)} ${before.toFixed(2)} → ${after.toFixed(2)}`;
  return [
    {
      ranker: 'fan-out',
      service: change.parent.service,
      operation: change.parent.operation,
      z: Math.abs(change.z),
      addedMsPerTrace: 0,
      reason,
    },
  ];
}
