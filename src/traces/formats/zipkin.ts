import type { Span } from '../../domain/trace.ts';
import { buildSpan } from './build-span.ts';
import { peerOf } from './peer.ts';
import { expected, expectedId, isFields, isId, isMissing, type Mistake, type RawFields } from './raw-fields.ts';
import type { SpanCollector } from './span-collector.ts';
import type { SpanNames } from './span-names.ts';

const KINDS: ReadonlyMap<unknown, Span['kind']> = new Map([
  ['CLIENT', 'client'],
  ['SERVER', 'server'],
  ['PRODUCER', 'producer'],
  ['CONSUMER', 'consumer'],
]);
const SERVER_ERROR = 500;

/** Zipkin v2: an array of spans (`/api/v2/trace/{id}`) or of traces, each an array of spans (`/api/v2/traces`). */
export function looksLikeZipkin(value: unknown): boolean {
  return isFields(value) && 'traceId' in value && 'id' in value;
}

export function addZipkinSpan(collector: SpanCollector, raw: unknown, path: string): void {
  const span = toSpan(raw, collector.names);
  if ('message' in span) collector.refuse(path, span, isFields(raw) ? raw['id'] : undefined);
  else collector.add(span);
  collector.give(raw, 1);
}

/** Times are µs. */
function toSpan(raw: unknown, names: SpanNames): Span | Mistake {
  if (!isFields(raw)) return expected('', 'an object', raw);
  const { traceId, id, timestamp, duration, localEndpoint, remoteEndpoint, tags } = raw;
  const mistake = findMistake(raw);
  if (mistake) return mistake;
  if (!isId(traceId)) return expectedId('traceId', traceId);
  if (!isId(id)) return expectedId('id', id);
  const kind = KINDS.get(raw['kind']) ?? 'internal';
  const service = textIn(localEndpoint, 'serviceName') ?? '';
  return buildSpan(names, {
    traceId: traceId.toLowerCase(),
    spanId: id.toLowerCase(),
    parentId: textIn(raw, 'parentId')?.toLowerCase(),
    service,
    operation: textIn(raw, 'name') ?? '',
    kind,
    // Absent while a span is unfinished; then it took no time that anyone knows of.
    startUs: typeof timestamp === 'number' ? timestamp : 0,
    durationUs: typeof duration === 'number' ? duration : 0,
    isError: isError(tags),
    // Only a name to go by: whatever else a tracer puts here is no reason to refuse its spans.
    peer: peerOf({ kind, service }, (name) => findTag(tags, name), textIn(remoteEndpoint, 'serviceName')),
  });
}

const TEXTS = ['name', 'kind'] as const;
const NUMBERS = ['timestamp', 'duration'] as const;
const OBJECTS = ['localEndpoint', 'tags'] as const;

function findMistake(raw: RawFields): Mistake | undefined {
  for (const field of TEXTS)
    if (!isMissing(raw[field]) && typeof raw[field] !== 'string') return expected(field, 'text', raw[field]);
  for (const field of NUMBERS)
    if (!isMissing(raw[field]) && !Number.isFinite(raw[field])) return expected(field, 'a number', raw[field]);
  for (const field of OBJECTS)
    if (!isMissing(raw[field]) && !isFields(raw[field])) return expected(field, 'an object', raw[field]);
  const { parentId, localEndpoint } = raw;
  if (!isMissing(parentId) && parentId !== '' && !isId(parentId)) return expectedId('parentId', parentId);
  const name = isFields(localEndpoint) ? localEndpoint['serviceName'] : undefined;
  return isMissing(name) || typeof name === 'string' ? undefined : expected('localEndpoint.serviceName', 'text', name);
}

function textIn(value: unknown, field: string): string | undefined {
  const text = isFields(value) ? value[field] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function findTag(tags: unknown, name: string): unknown {
  return isFields(tags) && Object.hasOwn(tags, name) ? tags[name] : undefined;
}

/** Zipkin's `error` tag holds the message; its presence is the error. */
function isError(tags: unknown): boolean {
  const error = findTag(tags, 'error');
  if (error !== undefined && error !== false && error !== 'false') return true;
  const status = findTag(tags, 'http.status_code');
  return (typeof status === 'number' || typeof status === 'string') && Number(status) >= SERVER_ERROR;
}
