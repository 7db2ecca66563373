import type { Span } from '../../domain/trace.ts';
import type { CountRepair } from './mend.ts';
import type { SpanIndex } from './span-index.ts';

/**
 * Every id once in its trace. A client and a server under one id, as Zipkin's B3 writes them, are two halves of a call:
 * the server becomes the client's child, and what names the id as its parent was called by the server. Of all other
 * repetitions the first stays, or the first client.
 */
export function mendIdentities(spans: readonly Span[], index: SpanIndex, count: CountRepair): readonly Span[] {
  if (index.repeats.length === 0) return spans;
  const gone = new Set<number>();
  const halves = new Map<number, Span>();
  const movedTo = new Map<string, Map<string, string>>();
  for (const group of groupRepeats(spans, index)) {
    const client = group.find((at) => spans[at]?.kind === 'client');
    const server = client === undefined ? undefined : findServerHalf(spans, group, index);
    for (const at of group) if (at !== server && at !== (client ?? group[0])) gone.add(at);
    const half = server === undefined ? undefined : spans[server];
    if (server === undefined || half === undefined) continue;
    const spanId = serverHalfId(half.spanId);
    halves.set(server, { ...half, spanId, parentId: half.spanId });
    getOrSet(movedTo, half.traceId, () => new Map<string, string>()).set(half.spanId, spanId);
  }
  for (const _ of halves) count('shared-span-id');
  for (const _ of gone) count('duplicate-span');
  return spans.flatMap((span, at) => (gone.has(at) ? [] : [halves.get(at) ?? moveBelow(span, movedTo)]));
}

/** For each id that repeats, where it is. */
function groupRepeats(spans: readonly Span[], index: SpanIndex): Iterable<number[]> {
  const groups = new Map<number, number[]>();
  for (const at of index.repeats) {
    const span = spans[at];
    if (!span) continue;
    const first = index.find(span.traceId, span.spanId);
    getOrSet(groups, first, () => [first]).push(at);
  }
  return groups.values();
}

/** None when the id that it would get is taken. */
function findServerHalf(spans: readonly Span[], group: readonly number[], index: SpanIndex): number | undefined {
  return group.find((at) => {
    const span = spans[at];
    return span?.kind === 'server' && index.find(span.traceId, serverHalfId(span.spanId)) < 0;
  });
}

function moveBelow(span: Span, movedTo: ReadonlyMap<string, ReadonlyMap<string, string>>): Span {
  const parentId = span.parentId && movedTo.get(span.traceId)?.get(span.parentId);
  return parentId ? { ...span, parentId } : span;
}

function serverHalfId(spanId: string): string {
  return `${spanId}:server`;
}

function getOrSet<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
