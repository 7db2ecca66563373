import type { RepairCounts, Span } from '../domain/trace.ts';
import { alignClocks } from './clock-skew.ts';
import { invalidTraces } from './shape.ts';
import { buildForest, indexSpans } from './span-forest.ts';

/** Nothing that serves a request runs for a day; a time after 2099 is nanoseconds in a field for microseconds. */
const DAY_US = 24 * 3600 * 1e6;
const YEAR_2100_US = 4_102_444_800 * 1e6;

export type CountRepair = (kind: string) => void;

/**
 * What is done with bad spans. Every repair is counted under its name, nothing is dropped in silence:
 * - `absurd-time`: a start before 1970 or after 2099, or a duration over a day. The span is dropped; when most spans
 *   are like that the unit is wrong, and `trace-invalid` says so with their ids;
 * - `negative-duration`: becomes 0;
 * - `shared-span-id`: client and server under one id, as Zipkin's B3 does. The server half becomes the client's child;
 * - `duplicate-span`: any other repetition of an id in its trace. The first stays;
 * - `orphan-span`: the parent is not in the trace. It becomes a root;
 * - `cycle`: spans that are their own ancestors. The one that starts first becomes a root;
 * - `clock-skew`: see `alignClocks`.
 */
export function mendSpans(raw: readonly Span[]): { spans: Span[]; repairs: RepairCounts } {
  const repairs: Record<string, number> = {};
  const count: CountRepair = (kind) => {
    repairs[kind] = (repairs[kind] ?? 0) + 1;
  };
  const timed = mendTimes(raw, count);
  const unique = mendIdentities(timed, count);
  const rooted = breakCycles(adoptOrphans(unique, count), count);
  return { spans: alignClocks(rooted, count), repairs };
}

function mendTimes(raw: readonly Span[], count: CountRepair): Span[] {
  const absurd = raw.filter(hasAbsurdTime);
  if (absurd.length * 2 > raw.length) {
    const problems = absurd.slice(0, 20).map((span) => ({
      path: `span ${span.spanId.slice(0, 64)}`,
      message: `starts at ${span.startUs} µs and lasts ${span.durationUs} µs; are the times in another unit?`,
    }));
    throw invalidTraces('most spans have impossible times', problems);
  }
  for (const _ of absurd) count('absurd-time');
  return raw
    .filter((span) => !hasAbsurdTime(span))
    .map((span) => {
      if (span.durationUs >= 0) return span;
      count('negative-duration');
      return { ...span, durationUs: 0 };
    });
}

function hasAbsurdTime(span: Span): boolean {
  return !(span.startUs >= 0 && span.startUs < YEAR_2100_US && Math.abs(span.durationUs) <= DAY_US);
}

function mendIdentities(spans: readonly Span[], count: CountRepair): Span[] {
  const firsts = new Map<string, Map<string, Span>>();
  const serverHalves = new Map<string, Set<string>>();
  const kept: Span[] = [];
  for (const span of [...spans].sort(clientsFirst)) {
    const trace = getOrSet(firsts, span.traceId, () => new Map<string, Span>());
    const first = trace.get(span.spanId);
    if (!first) {
      trace.set(span.spanId, span);
      kept.push(span);
    } else if (first.kind === 'client' && span.kind === 'server' && !serverHalves.get(span.traceId)?.has(span.spanId)) {
      count('shared-span-id');
      getOrSet(serverHalves, span.traceId, () => new Set<string>()).add(span.spanId);
      kept.push({ ...span, spanId: serverHalfId(span.spanId), parentId: span.spanId });
    } else count('duplicate-span');
  }
  return serverHalves.size === 0 ? kept : kept.map((span) => moveBelowServerHalf(span, serverHalves));
}

/** Only the clients' precedence matters; the sort is stable and leaves the rest in the order it came. */
function clientsFirst(a: Span, b: Span): number {
  return Number(b.kind === 'client') - Number(a.kind === 'client');
}

/** Children name the shared id; it was the server that called them. */
function moveBelowServerHalf(span: Span, serverHalves: ReadonlyMap<string, ReadonlySet<string>>): Span {
  const { parentId } = span;
  if (parentId === undefined || span.spanId === serverHalfId(parentId)) return span;
  return serverHalves.get(span.traceId)?.has(parentId) ? { ...span, parentId: serverHalfId(parentId) } : span;
}

function serverHalfId(spanId: string): string {
  return `${spanId}:server`;
}

function adoptOrphans(spans: readonly Span[], count: CountRepair): Span[] {
  const traces = indexSpans(spans);
  return spans.map((span) => {
    if (span.parentId === undefined || traces.get(span.traceId)?.has(span.parentId)) return span;
    count('orphan-span');
    return withoutParent(span);
  });
}

/** Walks up from every span once; a walk that meets itself has found a cycle. Linear, because visited spans end a walk. */
function breakCycles(spans: readonly Span[], count: CountRepair): Span[] {
  const { parents } = buildForest(spans);
  const walkOf = new Int32Array(spans.length).fill(-1);
  const mended = [...spans];
  for (let start = 0; start < spans.length; start++) {
    let at = start;
    while (at >= 0 && walkOf[at] === -1) {
      walkOf[at] = start;
      at = parents[at] ?? -1;
    }
    if (at < 0 || walkOf[at] !== start) continue;
    const first = earliestInCycle(spans, parents, at);
    const span = mended[first];
    if (span) mended[first] = withoutParent(span);
    count('cycle');
  }
  return mended;
}

function earliestInCycle(spans: readonly Span[], parents: Int32Array, entry: number): number {
  const startOf = (index: number) => spans[index]?.startUs ?? 0;
  let earliest = entry;
  for (let at = parents[entry] ?? entry; at !== entry; at = parents[at] ?? entry) {
    if (startOf(at) < startOf(earliest)) earliest = at;
  }
  return earliest;
}

function withoutParent(span: Span): Span {
  const { parentId: _, ...root } = span;
  return root;
}

function getOrSet<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
