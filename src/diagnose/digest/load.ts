import type { SpanForest } from '../../traces/span-forest.ts';
import { spanAt } from '../../traces/span-forest.ts';
import type { OperationName } from './client-operations.ts';
import { isFaster, measureRate } from './rate.ts';

const NOTABLE_FACTOR = 1.5;

/** How often requests arrive in both windows. */
export interface Load {
  readonly beforePerSecond: number;
  readonly afterPerSecond: number;
  /** Where the difference is more than two windows of the same traffic have. */
  readonly kind?: 'calls_up' | 'calls_down';
  /** Where requests enter most often, and what that calls when it is a client: the load as either side counts it. */
  readonly seenAt: readonly OperationName[];
}

/** Undefined where a window has too few requests to tell. Both must be sampled alike for a change to mean load. */
export function measureLoad(before: SpanForest, after: SpanForest): Load | undefined {
  const old = measureRate(listArrivals(before));
  const now = measureRate(listArrivals(after));
  if (!old || !now) return undefined;
  const rates = { beforePerSecond: old.perSecond, afterPerSecond: now.perSecond, seenAt: findEntry(after) };
  if (isFaster(old, now, NOTABLE_FACTOR)) return { ...rates, kind: 'calls_up' };
  if (isFaster(now, old, NOTABLE_FACTOR)) return { ...rates, kind: 'calls_down' };
  return rates;
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
function listArrivals(forest: SpanForest): Float64Array {
  const starts = new Map<string, number>();
  for (const [index, parent] of forest.parents.entries()) {
    if (parent >= 0) continue;
    const { traceId, startUs } = spanAt(forest, index);
    starts.set(traceId, Math.min(startUs, starts.get(traceId) ?? Number.POSITIVE_INFINITY));
  }
  return Float64Array.from(starts.values());
}
