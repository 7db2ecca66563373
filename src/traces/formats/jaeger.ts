import type { Span } from '../../domain/trace.ts';
import { buildSpan } from './build-span.ts';
import { peerOf } from './peer.ts';
import { showId } from './problems.ts';
import { expected, expectedId, isFields, isId, isMissing, type Mistake, type RawFields } from './raw-fields.ts';
import { PIECE_SPANS, type SpanCollector } from './span-collector.ts';
import type { SpanNames } from './span-names.ts';

/**
 * The JSON of Jaeger's query API (`GET /api/traces`): unofficial, but what everyone has at hand. Times are µs. A trace is
 * `{traceID, spans, processes}`; its spans name their service by a key into `processes`.
 */
export interface JaegerTrace {
  /** Whether spans can be read already: they need what may come after them. */
  isReady(): boolean;
  /** Any field of the trace but its spans. */
  setField(name: string, value: unknown): void;
  /** The next of its spans; anything that is no array is a mistake. */
  addSpans(spans: unknown): void;
  end(): void;
}

const SERVER_ERROR = 500;

export function createJaegerTrace(collector: SpanCollector, path: string): JaegerTrace {
  const fields: Record<string, unknown> = Object.create(null);
  let services = new Map<string, string>();
  let isTold = false;
  let seen = 0;
  let part: unknown[] = [];

  return {
    isReady: () => 'traceID' in fields && 'processes' in fields,
    setField(name, value) {
      fields[name] = value;
      if (name === 'processes') services = readProcesses(value);
    },
    addSpans(spans) {
      if (isMissing(spans)) return;
      if (!Array.isArray(spans)) {
        collector.refuse(path, expected('spans', 'an array', spans));
        return;
      }
      tellTraceId();
      for (const span of spans) addSpan(span);
    },
    end() {
      tellTraceId();
      collector.give({ ...fields, spans: part }, part.length);
    },
  };

  function addSpan(raw: unknown): void {
    const index = seen++;
    const { traceID } = fields;
    const span = toSpan(raw, isId(traceID) ? traceID : '', services, collector.names);
    if ('message' in span) collector.refuse(`${path}.spans[${index}]`, span, isFields(raw) ? raw['spanID'] : undefined);
    else collector.add(span);
    if (!collector.wantsPieces) return;
    if (part.length === PIECE_SPANS) {
      const { traceID: id, processes } = fields;
      collector.give({ traceID: id, ...(processes === undefined ? {} : { processes }), spans: part }, part.length);
      part = [];
    }
    part.push(raw);
  }

  function tellTraceId(): void {
    if (!isTold && !isId(fields['traceID'])) collector.refuse(path, expectedId('traceID', fields['traceID']));
    isTold = true;
  }

  function readProcesses(processes: unknown): Map<string, string> {
    if (isMissing(processes)) return new Map();
    if (!isFields(processes)) {
      collector.refuse(path, expected('processes', 'an object', processes));
      return new Map();
    }
    // As readers of JSON from outside do, wherever it comes from.
    const own = Object.entries(processes).filter(([id]) => id !== '__proto__');
    return new Map(own.map(([id, process]) => [id, readService(id, process)]));
  }

  function readService(id: string, process: unknown): string {
    const name = isFields(process) ? process['serviceName'] : process;
    if (typeof name === 'string') return name;
    collector.refuse(path, expected(`processes.${showId(id)}.serviceName`, 'text', name));
    return '';
  }
}

function toSpan(
  raw: unknown,
  traceId: string,
  services: ReadonlyMap<string, string>,
  names: SpanNames,
): Span | Mistake {
  if (!isFields(raw)) return expected('', 'an object', raw);
  const { spanID, operationName, startTime, duration, processID, tags } = raw;
  if (!isId(spanID)) return expectedId('spanID', spanID);
  if (!isMissing(operationName) && typeof operationName !== 'string')
    return expected('operationName', 'text', operationName);
  if (typeof startTime !== 'number' || !Number.isFinite(startTime)) return expected('startTime', 'a number', startTime);
  if (typeof duration !== 'number' || !Number.isFinite(duration)) return expected('duration', 'a number', duration);
  const tagMistake = findTagMistake(tags);
  if (tagMistake) return tagMistake;
  const parent = parentOf(raw);
  if (parent !== undefined && 'message' in parent) return parent;
  const kind = kindOf(findTag(tags, 'span.kind'));
  const service = typeof processID === 'string' ? (services.get(processID) ?? '') : '';
  return buildSpan(names, {
    traceId,
    spanId: spanID,
    parentId: parent?.spanID,
    service,
    operation: operationName ?? '',
    // Whoever writes FOLLOWS_FROM says that the parent does not wait; `consumer` is how a Span says it.
    kind: parent?.refType === 'FOLLOWS_FROM' ? 'consumer' : kind,
    startUs: startTime,
    durationUs: duration,
    isError: isError(tags),
    peer: peerOf({ kind, service }, (name) => findTag(tags, name)),
  });
}

interface Reference {
  readonly refType: string;
  readonly spanID: string;
}

/** A span may refer to several others; the first CHILD_OF is its parent, else the first FOLLOWS_FROM. */
function parentOf({ references, parentSpanID }: RawFields): Reference | Mistake | undefined {
  if (!isMissing(references) && !Array.isArray(references)) return expected('references', 'an array', references);
  let first: Reference | undefined;
  for (const [index, reference] of (references ?? []).entries()) {
    const { refType = 'CHILD_OF', spanID } = isFields(reference) ? reference : {};
    if (typeof refType !== 'string') return expected(`references[${index}].refType`, 'text', refType);
    if (!isId(spanID)) return expectedId(`references[${index}].spanID`, spanID);
    if (refType === 'CHILD_OF') return { refType, spanID };
    first ??= { refType, spanID };
  }
  if (first) return first;
  // Before `references` there was this.
  if (isMissing(parentSpanID) || parentSpanID === '') return undefined;
  return isId(parentSpanID) ? { refType: 'CHILD_OF', spanID: parentSpanID } : expectedId('parentSpanID', parentSpanID);
}

function findTagMistake(tags: unknown): Mistake | undefined {
  if (isMissing(tags)) return undefined;
  if (!Array.isArray(tags)) return expected('tags', 'an array', tags);
  for (let index = 0; index < tags.length; index++) {
    const tag: unknown = tags[index];
    if (!isFields(tag)) return expected(`tags[${index}]`, 'an object', tag);
    if (typeof tag['key'] !== 'string') return expected(`tags[${index}].key`, 'text', tag['key']);
  }
  return undefined;
}

/** The last of those that bear the name. */
function findTag(tags: unknown, name: string): unknown {
  if (!Array.isArray(tags)) return undefined;
  for (let index = tags.length - 1; index >= 0; index--) if (tags[index].key === name) return tags[index].value;
  return undefined;
}

function kindOf(value: unknown): Span['kind'] {
  const isKnown = value === 'server' || value === 'client' || value === 'producer' || value === 'consumer';
  return isKnown ? value : 'internal';
}

function isError(tags: unknown): boolean {
  const error = findTag(tags, 'error');
  if (error === true || error === 'true') return true;
  if (findTag(tags, 'otel.status_code') === 'ERROR') return true;
  return toStatus(findTag(tags, 'http.status_code') ?? findTag(tags, 'http.response.status_code')) >= SERVER_ERROR;
}

function toStatus(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : 0;
}
