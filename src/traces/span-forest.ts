import type { Span } from '../domain/trace.ts';

/**
 * Spans with their family ties as indexes into `spans`. Flat arrays instead of nested objects: linear in memory and time,
 * and nothing recurses, however deep a chain is.
 */
export interface SpanForest {
  readonly spans: readonly Span[];
  /** Index of the parent, -1 for a root. */
  readonly parents: Int32Array;
  readonly childrenOf: (index: number) => Int32Array;
}

export function buildForest(spans: readonly Span[]): SpanForest {
  const parents = findParents(spans);
  const { offsets, children } = groupByParent(parents);
  return { spans, parents, childrenOf: (index) => children.subarray(offsets[index], offsets[index + 1]) };
}

/** The span at an index that comes from the forest itself. */
export function spanAt(forest: Pick<SpanForest, 'spans'>, index: number): Span {
  const span = forest.spans[index];
  if (span === undefined) throw new RangeError(`no span at ${index}`);
  return span;
}

export function indexSpans(spans: readonly Span[]): Map<string, Map<string, number>> {
  const traces = new Map<string, Map<string, number>>();
  for (const [index, span] of spans.entries()) {
    const trace = traces.get(span.traceId);
    if (trace) trace.set(span.spanId, index);
    else traces.set(span.traceId, new Map([[span.spanId, index]]));
  }
  return traces;
}

function findParents(spans: readonly Span[]): Int32Array {
  const traces = indexSpans(spans);
  const parents = new Int32Array(spans.length).fill(-1);
  for (const [index, span] of spans.entries()) {
    if (span.parentId !== undefined) parents[index] = traces.get(span.traceId)?.get(span.parentId) ?? -1;
  }
  return parents;
}

/** A counting sort: the children of `i` stand in `children[offsets[i] .. offsets[i + 1]]`, in their old order. */
function groupByParent(parents: Int32Array): { offsets: Int32Array; children: Int32Array } {
  const offsets = new Int32Array(parents.length + 1);
  for (const parent of parents) if (parent >= 0) offsets[parent + 1] = (offsets[parent + 1] ?? 0) + 1;
  for (let index = 1; index < offsets.length; index++)
    offsets[index] = (offsets[index] ?? 0) + (offsets[index - 1] ?? 0);
  const children = new Int32Array(offsets.at(-1) ?? 0);
  const next = offsets.slice();
  for (const [index, parent] of parents.entries()) {
    if (parent < 0) continue;
    const slot = next[parent] ?? 0;
    children[slot] = index;
    next[parent] = slot + 1;
  }
  return { offsets, children };
}
