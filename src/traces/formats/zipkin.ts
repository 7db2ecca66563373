import { z } from 'zod';
import type { Span } from '../domain/trace.ts';
import { peerOf } from './peer.ts';
import { readShape } from './shape.ts';

const Endpoint = z.object({ serviceName: z.string().nullish() }).nullish();
/** Zipkin v2: an array of spans (`/api/v2/trace/{id}`) or of traces, each an array of spans (`/api/v2/traces`). Times are µs. */
const ZipkinSpan = z.object({
  traceId: z.string().min(1),
  id: z.string().min(1),
  parentId: z.string().nullish(),
  name: z.string().nullish(),
  kind: z.string().nullish(),
  // Absent while a span is unfinished; then it took no time that anyone knows of.
  timestamp: z.number().nullish(),
  duration: z.number().nullish(),
  localEndpoint: Endpoint,
  // Only a name to go by: whatever else a tracer puts here is no reason to refuse its spans.
  remoteEndpoint: Endpoint.catch(undefined),
  tags: z.record(z.string(), z.unknown()).nullish(),
});
type ZipkinSpan = z.infer<typeof ZipkinSpan>;

const KINDS: ReadonlyMap<string, Span['kind']> = new Map([
  ['CLIENT', 'client'],
  ['SERVER', 'server'],
  ['PRODUCER', 'producer'],
  ['CONSUMER', 'consumer'],
]);
const SERVER_ERROR = 500;

/** An empty array is an empty window of Zipkin; one that starts with something else is not Zipkin's. */
export function isZipkin(body: unknown): boolean {
  if (!Array.isArray(body)) return false;
  const first: unknown = Array.isArray(body[0]) ? body[0][0] : body[0];
  return first === undefined || (typeof first === 'object' && first !== null && 'traceId' in first && 'id' in first);
}

export function fromZipkin(body: unknown): Span[] {
  // Flattened first: a union of span and list would report a bad span as "invalid input" without saying what.
  const spans = readShape(z.array(ZipkinSpan), Array.isArray(body) ? body.flat() : body, 'Zipkin');
  return spans.map(toSpan);
}

function toSpan(span: ZipkinSpan): Span {
  const kind = KINDS.get(span.kind ?? '') ?? 'internal';
  const service = span.localEndpoint?.serviceName || 'unknown-service';
  return {
    traceId: span.traceId.toLowerCase(),
    spanId: span.id.toLowerCase(),
    ...(span.parentId ? { parentId: span.parentId.toLowerCase() } : {}),
    service,
    operation: span.name || 'unknown-operation',
    kind,
    startUs: span.timestamp ?? 0,
    durationUs: span.duration ?? 0,
    isError: isError(span.tags ?? {}),
    ...peerOf({ kind, service }, (name) => span.tags?.[name], span.remoteEndpoint?.serviceName),
  };
}

/** Zipkin's `error` tag holds the message; its presence is the error. */
function isError(tags: Readonly<Record<string, unknown>>): boolean {
  const error = tags['error'];
  if (error !== undefined && error !== false && error !== 'false') return true;
  return Number(tags['http.status_code'] ?? 0) >= SERVER_ERROR;
}
