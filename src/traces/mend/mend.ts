import type { TraceFormat } from '../../domain/snapshot.ts';
import type { RepairCounts, Span } from '../../domain/trace.ts';
import { findParents, rememberParents } from '../span-forest.ts';
import { alignClocks } from './clock-skew.ts';
import { mendIdentities } from './span-identity.ts';
import { indexSpans } from './span-index.ts';
import { mendTimes } from './span-times.ts';

export type CountRepair = (kind: string) => void;

/**
 * What is done with bad spans. Every repair is counted under its name, nothing is dropped in silence:
 * - `absurd-time`: a start before 1970 or after 2099, or a duration over a day. The span is dropped; when most spans
 *   are like that `trace-invalid` says so with their ids;
 * - `wrong-unit`: a time in another unit than the rest of the window's. It is converted; when most spans are like that,
 *   `trace-invalid` says so;
 * - `negative-duration`: becomes 0;
 * - `shared-span-id`: client and server under one id, as Zipkin's B3 does. The server half becomes the client's child;
 * - `duplicate-span`: any other repetition of an id in its trace. The first stays;
 * - `orphan-span`: the parent is not in the trace. It becomes a root;
 * - `cycle`: spans that are their own ancestors. The one that starts first becomes a root;
 * - `stray-clock`, `clock-skew`: see `alignClocks`.
 */
export function mendSpans(
  raw: readonly Span[],
  format: TraceFormat,
): { spans: readonly Span[]; repairs: RepairCounts } {
  const repairs: Record<string, number> = {};
  const count: CountRepair = (kind) => {
    repairs[kind] = (repairs[kind] ?? 0) + 1;
  };
  const timed = mendTimes(raw, format, count);
  const index = indexSpans(timed);
  const unique = mendIdentities(timed, index, count);
  const parents = findParents(unique, unique === timed ? index : indexSpans(unique));
  const rooted = cutTies(unique, parents, [
    ...listOrphans(unique, parents, count),
    ...openCycles(unique, parents, count),
  ]);
  const spans = alignClocks(rooted, parents, count);
  rememberParents(spans, parents);
  return { spans, repairs };
}

function listOrphans(spans: readonly Span[], parents: Int32Array, count: CountRepair): number[] {
  const orphans: number[] = [];
  for (let index = 0; index < spans.length; index++) {
    if ((parents[index] ?? -1) >= 0 || spans[index]?.parentId === undefined) continue;
    count('orphan-span');
    orphans.push(index);
  }
  return orphans;
}

/**
 * The spans at which cycles open; their parents are gone. Walks up from every span once; a walk that meets itself has
 * found a cycle. Linear, because visited spans end a walk.
 */
function openCycles(spans: readonly Span[], parents: Int32Array, count: CountRepair): number[] {
  const walkOf = new Int32Array(parents.length).fill(-1);
  const openings: number[] = [];
  for (let start = 0; start < parents.length; start++) {
    let at = start;
    while (at >= 0 && walkOf[at] === -1) {
      walkOf[at] = start;
      at = parents[at] ?? -1;
    }
    if (at < 0 || walkOf[at] !== start) continue;
    const first = earliestInCycle(spans, parents, at);
    parents[first] = -1;
    openings.push(first);
    count('cycle');
  }
  return openings;
}

function earliestInCycle(spans: readonly Span[], parents: Int32Array, entry: number): number {
  const startOf = (index: number) => spans[index]?.startUs ?? 0;
  let earliest = entry;
  for (let at = parents[entry] ?? entry; at !== entry; at = parents[at] ?? entry) {
    if (startOf(at) < startOf(earliest)) earliest = at;
  }
  return earliest;
}

/** The spans without the parents of those at `roots`. */
function cutTies(spans: readonly Span[], parents: Int32Array, roots: readonly number[]): Span[] {
  const cut = [...spans];
  for (const index of roots) {
    const span = spans[index];
    if (!span) continue;
    const { parentId: _, ...root } = span;
    cut[index] = root;
    parents[index] = -1;
  }
  return cut;
}
