import type { Span } from '../../domain/trace.ts';
import { buildSpan } from './build-span.ts';
import { findAttribute, findAttributeMistake } from './otlp-attributes.ts';
import { peerOf } from './peer.ts';
import { expected, expectedId, isFields, isId, isMissing, type Mistake, type RawFields } from './raw-fields.ts';
import type { SpanNames } from './span-names.ts';

const KINDS: readonly Span['kind'][] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const KIND_NAMES: ReadonlyMap<unknown, Span['kind']> = new Map(
  KINDS.flatMap((kind, index) => (index > 0 ? [[`SPAN_KIND_${kind.toUpperCase()}`, kind] as const] : [])),
);
const ERROR_CODES: ReadonlySet<unknown> = new Set([2, '2', 'STATUS_CODE_ERROR']);
const SERVER_ERROR = 500;

/**
 * A span of OTLP JSON: ids are hex in any case, 64-bit numbers strings or numbers, enums numbers or names, unknown fields
 * ignored. Tempo writes ids as base64.
 */
export function toOtlpSpan(raw: unknown, service: string, names: SpanNames): Span | Mistake {
  if (!isFields(raw)) return expected('', 'an object', raw);
  const { traceId, spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano, attributes } = raw;
  const mistake = findMistake(raw) ?? findAttributeMistake(attributes);
  if (mistake) return mistake;
  if (!isId(traceId)) return expectedId('traceId', traceId);
  if (!isId(spanId)) return expectedId('spanId', spanId);
  const start = toNanoseconds(startTimeUnixNano);
  if (!start) return expected('startTimeUnixNano', 'whole nanoseconds', startTimeUnixNano);
  const end = toNanoseconds(endTimeUnixNano);
  if (!end) return expected('endTimeUnixNano', 'whole nanoseconds', endTimeUnixNano);
  const kind = kindOf(raw['kind']);
  return buildSpan(names, {
    traceId: toHexId(traceId),
    spanId: toHexId(spanId),
    parentId: isId(parentSpanId) ? toHexId(parentSpanId) : undefined,
    service,
    operation: typeof name === 'string' ? name : '',
    kind,
    startUs: start.micros,
    // The difference is small, so a double holds it, and keeps the part below a microsecond.
    durationUs: ((end.micros - start.micros) * 1000 + (end.nanos - start.nanos)) / 1000,
    isError: isError(raw),
    // A closure with a name of its own would cost as much as the rest of a span.
    peer: peerOf({ kind, service }, (key) => findAttribute(attributes, key)),
  });
}

function findMistake({ parentSpanId, name, kind, status }: RawFields): Mistake | undefined {
  if (!isMissing(name) && typeof name !== 'string') return expected('name', 'text', name);
  if (!isMissing(parentSpanId) && parentSpanId !== '' && !isId(parentSpanId))
    return expectedId('parentSpanId', parentSpanId);
  if (!isMissing(kind) && typeof kind !== 'number' && typeof kind !== 'string')
    return expected('kind', 'a number or a name', kind);
  return isMissing(status) || isFields(status) ? undefined : expected('status', 'an object', status);
}

interface Nanoseconds {
  readonly micros: number;
  /** What is left below a microsecond, with the sign of the whole. */
  readonly nanos: number;
}

/** A double cannot hold today's nanoseconds: beyond 2^53 they come as strings, and are read in two halves. */
function toNanoseconds(value: unknown): Nanoseconds | undefined {
  if (typeof value === 'string') return WHOLE.test(value) ? splitText(value) : undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  const whole = Math.trunc(value);
  if (!Number.isSafeInteger(whole)) return splitText(BigInt(whole).toString());
  return { micros: Math.trunc(whole / 1000), nanos: whole % 1000 };
}

const WHOLE = /^-?\d{1,20}$/;

function splitText(text: string): Nanoseconds {
  const sign = text.startsWith('-') ? -1 : 1;
  const micros = Number(text.slice(0, -3));
  // "-12" has no thousands, only their sign.
  return { micros: Number.isNaN(micros) ? 0 : micros, nanos: sign * Math.abs(Number(text.slice(-3))) };
}

const HEX = /^(?:[\da-f]{16}|[\da-f]{32})$/;
const HEX_ANY_CASE = /^(?:[\da-f]{16}|[\da-f]{32})$/i;
const BASE64 = /^(?:[\w+/-]{11}=|[\w+/-]{22}==)$/;

/** Hex in lower case. Base64, told by its length and alphabet, becomes hex; anything else stays as it came. */
function toHexId(id: string): string {
  if (HEX.test(id)) return id;
  if (HEX_ANY_CASE.test(id)) return id.toLowerCase();
  return BASE64.test(id) ? Buffer.from(id, 'base64').toString('hex') : id;
}

function kindOf(kind: unknown): Span['kind'] {
  if (typeof kind === 'number') return KINDS[kind] ?? 'internal';
  return KIND_NAMES.get(kind) ?? 'internal';
}

function isError({ status, attributes }: RawFields): boolean {
  if (isFields(status) && ERROR_CODES.has(status['code'])) return true;
  const code = findAttribute(attributes, 'http.response.status_code') ?? findAttribute(attributes, 'http.status_code');
  return Number(code ?? 0) >= SERVER_ERROR;
}
