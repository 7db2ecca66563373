import { z } from 'zod';
import type { Span } from '../domain/trace.ts';
import { peerOf } from './peer.ts';
import { readShape } from './shape.ts';

/**
 * OTLP JSON (opentelemetry-proto): ids are hex in any case, 64-bit numbers strings or numbers, unknown fields ignored.
 * Tempo wraps the same in `batches` or `trace`, writes enums as names, ids as base64 and, when old,
 * `instrumentationLibrarySpans`.
 */
const Nanoseconds = z.union([z.string().regex(/^-?\d{1,20}$/, 'expected whole nanoseconds'), z.int(), z.number()]);
const Attribute = z.object({
  key: z.string(),
  value: z
    .object({
      stringValue: z.string().optional(),
      intValue: z.union([z.string(), z.number()]).optional(),
      boolValue: z.boolean().optional(),
    })
    .nullish(),
});
const OtlpSpan = z.object({
  traceId: z.string().min(1),
  spanId: z.string().min(1),
  parentSpanId: z.string().nullish(),
  name: z.string().default(''),
  kind: z.union([z.number(), z.string()]).nullish(),
  startTimeUnixNano: Nanoseconds,
  endTimeUnixNano: Nanoseconds,
  attributes: z.array(Attribute).nullish(),
  status: z.object({ code: z.union([z.number(), z.string()]).nullish() }).nullish(),
});
const ScopeSpans = z.object({ spans: z.array(OtlpSpan).nullish() });
const ResourceSpans = z.object({
  resource: z.object({ attributes: z.array(Attribute).nullish() }).nullish(),
  scopeSpans: z.array(ScopeSpans).nullish(),
  instrumentationLibrarySpans: z.array(ScopeSpans).nullish(),
});
const OtlpTraces = z.object({
  resourceSpans: z.array(ResourceSpans).nullish(),
  batches: z.array(ResourceSpans).nullish(),
  trace: z.object({ resourceSpans: z.array(ResourceSpans).nullish() }).nullish(),
});
type OtlpSpan = z.infer<typeof OtlpSpan>;
type Attributes = z.infer<typeof Attribute>[] | null | undefined;

const KINDS: readonly Span['kind'][] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const KIND_NAMES = new Map(
  KINDS.flatMap((kind, index) => (index > 0 ? [[`SPAN_KIND_${kind.toUpperCase()}`, kind]] : [])),
);
const ERROR_CODES = new Set<unknown>([2, '2', 'STATUS_CODE_ERROR']);
const SERVER_ERROR = 500;

export function isOtlp(body: object): boolean {
  if ('resourceSpans' in body || 'batches' in body) return true;
  return 'trace' in body && typeof body.trace === 'object' && body.trace !== null && 'resourceSpans' in body.trace;
}

export function fromOtlp(body: unknown): Span[] {
  const traces = readShape(OtlpTraces, body, 'OTLP');
  const resources = traces.resourceSpans ?? traces.batches ?? traces.trace?.resourceSpans ?? [];
  return resources.flatMap((resource) => {
    const service = textOf(resource.resource?.attributes, 'service.name') || 'unknown-service';
    const scopes = resource.scopeSpans ?? resource.instrumentationLibrarySpans ?? [];
    return scopes.flatMap((scope) => (scope.spans ?? []).map((span) => toSpan(service, span)));
  });
}

function toSpan(service: string, span: OtlpSpan): Span {
  const start = toBigInt(span.startTimeUnixNano);
  const kind = kindOf(span.kind);
  return {
    traceId: toHexId(span.traceId),
    spanId: toHexId(span.spanId),
    ...(span.parentSpanId ? { parentId: toHexId(span.parentSpanId) } : {}),
    service,
    operation: span.name || 'unknown-operation',
    kind,
    startUs: Number(start / 1000n),
    // The difference is small, so a double holds it, and keeps the part below a microsecond.
    durationUs: Number(toBigInt(span.endTimeUnixNano) - start) / 1000,
    isError: isError(span),
    ...peerOf({ kind, service }, (name) => textOf(span.attributes, name)),
  };
}

/** A double cannot hold today's nanoseconds: beyond 2^53 they come as strings, and are subtracted as integers. */
function toBigInt(value: string | number): bigint {
  return BigInt(typeof value === 'number' ? Math.trunc(value) : value);
}

/** Hex in lower case. Base64, told by its length and alphabet, becomes hex; anything else stays as it came. */
function toHexId(id: string): string {
  if (/^(?:[\da-f]{16}|[\da-f]{32})$/i.test(id)) return id.toLowerCase();
  if (!/^(?:[\w+/-]{11}=|[\w+/-]{22}==)$/.test(id)) return id;
  const bytes = atob(id.replaceAll('-', '+').replaceAll('_', '/'));
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

function kindOf(kind: number | string | null | undefined): Span['kind'] {
  if (typeof kind === 'number') return KINDS[kind] ?? 'internal';
  return KIND_NAMES.get(kind ?? '') ?? 'internal';
}

function isError(span: OtlpSpan): boolean {
  if (ERROR_CODES.has(span.status?.code)) return true;
  const status = textOf(span.attributes, 'http.response.status_code') ?? textOf(span.attributes, 'http.status_code');
  return Number(status ?? 0) >= SERVER_ERROR;
}

function textOf(attributes: Attributes, key: string): string | undefined {
  const value = attributes?.find((attribute) => attribute.key === key)?.value;
  const text = value?.stringValue ?? value?.intValue ?? value?.boolValue;
  return text === undefined ? undefined : String(text);
}
