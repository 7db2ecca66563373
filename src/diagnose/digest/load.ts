import type { SpanForest } from '../../traces/span-forest.ts';
import { spanAt } from '../../traces/span-forest.ts';
import type { OperationName } from './client-operations.ts';
import { quantile } from './robust.ts';

/** Fewer arrivals than this say nothing about a rate. */
const FEWEST = 10;
const NOTABLE_FACTOR = 1.5;
const NOTABLE_Z = 3;
/** Standard error of the logarithm of a median gap, times √n, for arrivals at random. */
const MEDIAN_GAP_ERROR = 1.25;

export interface LoadChange {
  readonly beforePerSecond: number;
  readonly afterPerSecond: number;
  readonly kind: 'calls_up' | 'calls_down';
  /** Where requests enter most often, and what that calls when it is a client: the load as either side counts it. */
  readonly seenAt: readonly OperationName[];
}

/**
 * Whether requests arrive faster or slower than before, by the median gap between roots: windows cut from several pieces
 * have long holes, which a mean would take for silence. Both windows must be sampled alike for this to mean load.
 */
export function measureLoad(before: SpanForest, after: SpanForest): LoadChange | undefined {
  const old = listGaps(before);
  const now = listGaps(after);
  if (old.length < FEWEST || now.length < FEWEST) return undefined;
  const beforePerSecond = 1e6 / Math.max(1, quantile(old, 0.5));
  const afterPerSecond = 1e6 / Math.max(1, quantile(now, 0.5));
  const growth = Math.log(afterPerSecond / beforePerSecond);
  const error = MEDIAN_GAP_ERROR * Math.sqrt(1 / old.length + 1 / now.length);
  if (Math.abs(growth) < Math.log(NOTABLE_FACTOR) || Math.abs(growth) / error < NOTABLE_Z) return undefined;
  return { beforePerSecond, afterPerSecond, kind: growth > 0 ? 'calls_up' : 'calls_down', seenAt: findEntry(after) };
}

/** Roots by how often requests enter there. */
export function listEntries(forest: SpanForest): OperationName[] {
  const counts = new Map<string, { service: string; operation: string; roots: number }>();
  for (const [index, parent] of forest.parents.entries()) {
    if (parent >= 0) continue;
    const { service, operation } = spanAt(forest, index);
    const key = `${service}\u0000${operation}`;
    const entry = counts.get(key);
    if (entry) entry.roots++;
    else counts.set(key, { service, operation, roots: 1 });
  }
  return [...counts.values()]
    .sort((a, b) => b.roots - a.roots)
    .map(({ service, operation }) => ({ service, operation }));
}

function findEntry(forest: SpanForest): OperationName[] {
  const [entry] = listEntries(forest);
  if (!entry) return [];
  const root = forest.spans.findIndex(
    (span, index) =>
      (forest.parents[index] ?? -1) < 0 && span.service === entry.service && span.operation === entry.operation,
  );
  const [child] = forest.childrenOf(root);
  const called = child === undefined ? undefined : spanAt(forest, child);
  if (spanAt(forest, root).kind !== 'client' || !called) return [entry];
  return [entry, { service: called.service, operation: called.operation }];
}

/** One arrival per trace: a trace with lost spans has several roots. */
function listGaps(forest: SpanForest): Float64Array {
  const starts = new Map<string, number>();
  for (const [index, parent] of forest.parents.entries()) {
    if (parent >= 0) continue;
    const { traceId, startUs } = spanAt(forest, index);
    starts.set(traceId, Math.min(startUs, starts.get(traceId) ?? Number.POSITIVE_INFINITY));
  }
  const sorted = Float64Array.from(starts.values()).sort();
  return sorted
    .subarray(1)
    .map((start, index) => start - (sorted[index] ?? 0))
    .sort();
}
