import { z } from 'zod';
import type { Span } from '../domain/trace.ts';
import { peerOf } from './peer.ts';
import { readShape } from './shape.ts';

/** The JSON of Jaeger's query API (`GET /api/traces`): unofficial, but what everyone has at hand. Times are µs. */
const Tag = z.object({ key: z.string(), value: z.unknown() });
const Reference = z.object({ refType: z.string().default('CHILD_OF'), spanID: z.string() });
const JaegerSpan = z.object({
  traceID: z.string().min(1).optional(),
  spanID: z.string().min(1),
  operationName: z.string().default(''),
  references: z.array(Reference).nullish(),
  /** Before `references` there was this. */
  parentSpanID: z.string().nullish(),
  startTime: z.number(),
  duration: z.number(),
  tags: z.array(Tag).nullish(),
  processID: z.string().nullish(),
});
const JaegerTrace = z.object({
  traceID: z.string().min(1),
  spans: z.array(JaegerSpan),
  processes: z.record(z.string(), z.object({ serviceName: z.string() })).nullish(),
});
const JaegerTraces = z.object({ data: z.array(JaegerTrace).nullable() });
type JaegerSpan = z.infer<typeof JaegerSpan>;
type JaegerTrace = z.infer<typeof JaegerTrace>;

const KINDS = new Set(['server', 'client', 'producer', 'consumer', 'internal'] as const);
const SERVER_ERROR = 500;

export function isJaeger(body: object): boolean {
  return 'data' in body && (body.data === null || Array.isArray(body.data));
}

export function fromJaeger(body: unknown): Span[] {
  const { data } = readShape(JaegerTraces, body, 'Jaeger');
  return (data ?? []).flatMap((trace) => trace.spans.map((span) => toSpan(trace, span)));
}

function toSpan(trace: JaegerTrace, span: JaegerSpan): Span {
  const tags = new Map(span.tags?.map((tag) => [tag.key, tag.value]));
  const parent = parentOf(span);
  const kind = kindOf(tags.get('span.kind'));
  const service = trace.processes?.[span.processID ?? '']?.serviceName || 'unknown-service';
  return {
    traceId: trace.traceID,
    spanId: span.spanID,
    ...(parent ? { parentId: parent.spanID } : {}),
    service,
    operation: span.operationName || 'unknown-operation',
    // Whoever writes FOLLOWS_FROM says that the parent does not wait; `consumer` is how a Span says it.
    kind: parent?.refType === 'FOLLOWS_FROM' ? 'consumer' : kind,
    startUs: span.startTime,
    durationUs: span.duration,
    isError: isError(tags),
    ...peerOf({ kind, service }, (name) => tags.get(name)),
  };
}

/** A span may refer to several others; the first CHILD_OF is its parent, else the first FOLLOWS_FROM. */
function parentOf(span: JaegerSpan): { readonly refType: string; readonly spanID: string } | undefined {
  const references = span.references ?? [];
  const parent = references.find((reference) => reference.refType === 'CHILD_OF') ?? references[0];
  if (parent) return parent;
  return span.parentSpanID ? { refType: 'CHILD_OF', spanID: span.parentSpanID } : undefined;
}

function kindOf(value: unknown): Span['kind'] {
  for (const kind of KINDS) if (kind === value) return kind;
  return 'internal';
}

function isError(tags: ReadonlyMap<string, unknown>): boolean {
  if (tags.get('error') === true || tags.get('error') === 'true') return true;
  if (tags.get('otel.status_code') === 'ERROR') return true;
  return Number(tags.get('http.status_code') ?? tags.get('http.response.status_code') ?? 0) >= SERVER_ERROR;
}
