import type { Span } from '../../domain/trace.ts';
import type { PeerName } from './peer.ts';
import type { SpanNames } from './span-names.ts';

/** A span in its format's words: names as they came, `''` for none. */
export interface SpanFacts extends Omit<Span, 'parentId' | 'peer'> {
  readonly parentId: string | undefined;
  readonly peer: PeerName | undefined;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Few shapes and shared strings: a window may have a million of these. */
export function buildSpan(names: SpanNames, facts: SpanFacts): Span {
  const span: Writable<Span> = {
    traceId: names.traceId(facts.traceId),
    spanId: facts.spanId,
    service: names.service(facts.service),
    operation: names.operation(facts.operation),
    kind: facts.kind,
    startUs: facts.startUs,
    durationUs: facts.durationUs,
    isError: facts.isError,
  };
  if (facts.parentId) span.parentId = facts.parentId;
  if (facts.peer) span.peer = names.peer(facts.peer);
  return span;
}
