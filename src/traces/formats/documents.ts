import { createJaegerTrace } from './jaeger.ts';
import { addOtlpResource } from './otlp.ts';
import { expected, isFields, isMissing, type RawFields } from './raw-fields.ts';
import type { SpanCollector } from './span-collector.ts';
import { refuseJaegerErrors, unknownFormat } from './unknown-format.ts';
import { addZipkinSpan, looksLikeZipkin } from './zipkin.ts';

/** Fields that hold OTLP's resources, in OTLP and in what Tempo answers. */
export const RESOURCE_FIELDS: ReadonlySet<string> = new Set(['resourceSpans', 'batches']);

/** Objects around these fields: Tempo's second version, and Grafana as it hands on what a data source said. */
export const WRAPPER_FIELDS: ReadonlySet<string> = new Set(['trace', 'data']);

/**
 * A window, or one of several documents that make a window, which is there as a whole:
 * Jaeger `{data}`, OTLP `{resourceSpans}`, Tempo `{batches}` and `{trace}`, Grafana's `{data: {resourceSpans}}`, an array
 * of Zipkin's, or an array of these.
 */
export function addDocument(collector: SpanCollector, value: unknown, path: string): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) addItem(collector, item, `${path}[${index}]`);
    // An empty array is an empty window; of Zipkin, unless something else tells.
    if (collector.format === undefined) collector.setFormat('zipkin');
    return;
  }
  if (!isFields(value) || !addFields(collector, value, path)) throw unknownFormat(value, path);
}

/** What an array may hold: documents, spans of Zipkin, or Zipkin's traces, which are arrays of spans. */
export function addItem(collector: SpanCollector, item: unknown, path: string): void {
  if (Array.isArray(item)) {
    for (const [index, span] of item.entries()) addSpanOfZipkin(collector, span, `${path}[${index}]`);
  } else if (!isFields(item) || !addFields(collector, item, path)) addSpanOfZipkin(collector, item, path);
}

/** Once a window is Zipkin's, whatever is no document is a span; its mistakes are named. */
export function addSpanOfZipkin(collector: SpanCollector, raw: unknown, path: string): void {
  if (collector.format !== 'zipkin' && !looksLikeZipkin(raw)) throw unknownFormat(raw, path);
  collector.setFormat('zipkin');
  collector.expect(1);
  addZipkinSpan(collector, raw, path);
}

/** Whether any of the fields is one that holds traces. */
function addFields(collector: SpanCollector, document: RawFields, path: string): boolean {
  let isKnown = false;
  const { data } = document;
  if ('data' in document && isTraceList(data)) {
    isKnown = true;
    if (data === null) refuseJaegerErrors(document['errors']);
    addTraces(collector, data, joinPath(path, 'data'));
  }
  for (const name of RESOURCE_FIELDS) {
    if (!(name in document)) continue;
    isKnown = true;
    addResources(collector, document[name], joinPath(path, name));
  }
  for (const wrapper of WRAPPER_FIELDS) {
    const inner = document[wrapper];
    if (!isFields(inner)) continue;
    for (const name of RESOURCE_FIELDS) {
      if (!(name in inner)) continue;
      isKnown = true;
      addResources(collector, inner[name], joinPath(path, `${wrapper}.${name}`));
    }
  }
  return isKnown;
}

/** Whether a value seems to hold traces: cheap, and no promise that they can be read. */
export function looksLikeTraces(value: unknown): boolean {
  if (Array.isArray(value)) {
    const first: unknown = Array.isArray(value[0]) ? value[0][0] : value[0];
    return first === undefined || looksLikeZipkin(first) || (!Array.isArray(first) && looksLikeTraces(first));
  }
  if (!isFields(value)) return false;
  const { data } = value;
  const holdsResources = (fields: RawFields) => [...RESOURCE_FIELDS].some((name) => name in fields);
  const isWrapped = [...WRAPPER_FIELDS].some((name) => isFields(value[name]) && holdsResources(value[name]));
  return ('data' in value && isTraceList(data)) || holdsResources(value) || isWrapped;
}

/** What `data` must be for a document to be Jaeger's: many other things have a field of that name. */
export function isTraceList(data: unknown): data is readonly unknown[] | null {
  return data === null || Array.isArray(data);
}

function addTraces(collector: SpanCollector, traces: readonly unknown[] | null, path: string): void {
  collector.setFormat('jaeger');
  for (const [index, trace] of (traces ?? []).entries()) addJaegerTrace(collector, trace, `${path}[${index}]`);
}

export function addJaegerTrace(collector: SpanCollector, raw: unknown, path: string): void {
  if (!isFields(raw)) {
    collector.refuse(path, expected('', 'an object', raw));
    return;
  }
  const trace = createJaegerTrace(collector, path);
  for (const [name, value] of Object.entries(raw)) if (name !== 'spans') trace.setField(name, value);
  const { spans } = raw;
  if (Array.isArray(spans)) collector.expect(spans.length);
  trace.addSpans(spans);
  trace.end();
}

/** Anything but an array, or nothing, is a mistake. */
export function addResources(collector: SpanCollector, resources: unknown, path: string): void {
  collector.setFormat('otlp');
  if (isMissing(resources)) return;
  if (!Array.isArray(resources)) {
    collector.refuse(path, expected('', 'an array', resources));
    return;
  }
  for (const [index, resource] of resources.entries()) addOtlpResource(collector, resource, `${path}[${index}]`);
}

export function joinPath(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`;
}
