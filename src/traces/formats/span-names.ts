import type { Span } from '../../domain/trace.ts';
import { toOperationName, toServiceName } from '../names/operation-name.ts';

/** Names of one window: cleaned once each, and one string for each however many spans bear it. */
export interface SpanNames {
  service(raw: string): string;
  operation(raw: string): string;
  /** Ids of neighbouring spans repeat; the same string is kept for all of them. */
  traceId(raw: string): string;
  peer(raw: { readonly service: string; readonly isData: boolean }): NonNullable<Span['peer']>;
}

/** A window has some hundred names; one whose every span has a name of its own shall not be kept twice. */
const MAX_KEPT = 10_000;

export function createSpanNames(): SpanNames {
  const service = memoise(toServiceName);
  const data = memoise((raw: string) => ({ service: service(raw), isData: true }));
  const called = memoise((raw: string) => ({ service: service(raw), isData: false }));
  let lastTraceId = '';
  return {
    service,
    operation: memoise(toOperationName),
    traceId(raw) {
      if (raw !== lastTraceId) lastTraceId = raw;
      return lastTraceId;
    },
    peer: (raw) => (raw.isData ? data(raw.service) : called(raw.service)),
  };
}

function memoise<Value>(compute: (raw: string) => Value): (raw: string) => Value {
  const kept = new Map<string, Value>();
  return (raw) => {
    const known = kept.get(raw);
    if (known !== undefined) return known;
    const value = compute(raw);
    if (kept.size < MAX_KEPT) kept.set(raw, value);
    return value;
  };
}
