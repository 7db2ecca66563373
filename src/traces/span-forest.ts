import type { Span } from '../domain/trace.ts';
import { indexSpans, type SpanIndex } from './mend/span-index.ts';

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

/** Mending works the ties out anyway; whoever builds the forest of its spans later need not do it again. */
const knownParents = new WeakMap<readonly Span[], Int32Array>();

export function buildForest(spans: readonly Span[]): SpanForest {
  return plantForest(spans, knownParents.get(spans) ?? findParents(spans, indexSpans(spans)));
}

/** A forest whose ties are known. */
export function plantForest(spans: readonly Span[], parents: Int32Array): SpanForest {
  const { offsets, children } = groupByParent(parents);
  return { spans, parents, childrenOf: (index) => children.subarray(offsets[index], offsets[index + 1]) };
}

/** Nobody may change the spans after this. */
export function rememberParents(spans: readonly Span[], parents: Int32Array): void {
  knownParents.set(spans, parents);
}

/** The span at an index that comes from the forest itself. */
export function spanAt(forest: Pick<SpanForest, 'spans'>, index: number): Span {
  const span = forest.spans[index];
  if (span === undefined) throw new RangeError(`no span at ${index}`);
  return span;
}

export function findParents(spans: readonly Span[], index: SpanIndex): Int32Array {
  const parents = new Int32Array(spans.length).fill(-1);
  for (let at = 0; at < spans.length; at++) {
    const span = spans[at];
    if (span?.parentId !== undefined) parents[at] = index.find(span.traceId, span.parentId);
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
  for (let index = 0; index < parents.length; index++) {
    const parent = parents[index] ?? -1;
    if (parent < 0) continue;
    const slot = next[parent] ?? 0;
    children[slot] = index;
    next[parent] = slot + 1;
  }
  return { offsets, children };
}
