import type { Span } from '../../domain/trace.ts';

/** Where spans are, by their trace and their id; ids are only unique within a trace. */
export interface SpanIndex {
  /** -1 when there is none. */
  find(traceId: string, spanId: string): number;
  /** Spans whose id their trace had before. */
  readonly repeats: readonly number[];
}

export function indexSpans(spans: readonly Span[]): SpanIndex {
  const traces = new Map<string, Map<string, number>>();
  const repeats: number[] = [];
  // The spans of a trace mostly come together.
  const lookUp = rememberLast((traceId) => traces.get(traceId));
  for (let index = 0; index < spans.length; index++) {
    const span = spans[index];
    if (!span) continue;
    const trace = lookUp(span.traceId);
    if (!trace) traces.set(span.traceId, new Map([[span.spanId, index]]));
    else if (trace.has(span.spanId)) repeats.push(index);
    else trace.set(span.spanId, index);
  }
  return { repeats, find: (traceId, spanId) => lookUp(traceId)?.get(spanId) ?? -1 };
}

function rememberLast<Value>(get: (key: string) => Value | undefined): (key: string) => Value | undefined {
  let lastKey: string | undefined;
  let last: Value | undefined;
  return (key) => {
    if (last !== undefined && key === lastKey) return last;
    lastKey = key;
    last = get(key);
    return last;
  };
}
