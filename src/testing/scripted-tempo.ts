import {
  findTraces,
  type HeldSpan,
  type HeldTrace,
  type ScriptedTraceStore,
  type StoreAnswer,
  type StoreRequest,
  type StoreSettings,
  startTraceStore,
  wholeNumber,
} from './scripted-trace-store.ts';

export interface TempoSettings extends StoreSettings {
  /** Before 2.6: no `/api/v2/traces`. */
  readonly isOld?: boolean;
}

const PARAMETERS = new Set(['q', 'start', 'end', 'limit', 'spss']);

/** Go's string literal, as far as JSON writes it. */
const QUERY = /^\{ resource\.service\.name = ("(?:[^"\\]|\\.)*") \}$/;

/** Tempo's query API, as far as traces are searched for and read by their id. */
export function startScriptedTempo(
  traces: readonly HeldTrace[] = [],
  settings: TempoSettings = {},
): Promise<ScriptedTraceStore> {
  return startTraceStore((request) => answer(request, traces, settings), settings);
}

function answer(request: StoreRequest, traces: readonly HeldTrace[], { isOld = false }: TempoSettings): StoreAnswer {
  const { path, query } = request;
  if (path === '/api/echo') return { text: 'echo' };
  if (path === '/ready') return { text: 'ready' };
  if (path === '/api/search') return search(query, traces);
  const [, version, id] = path.match(/^\/api\/(v2\/)?traces\/([\da-f]{1,32})$/) ?? [];
  if (id === undefined) return undefined;
  if (version !== undefined && isOld) return { status: 404, text: '404 page not found' };
  const trace = traces.find(({ traceID }) => traceID.padStart(32, '0') === id.padStart(32, '0'));
  if (version === undefined) {
    return trace ? { json: { batches: toResourceSpans(trace) } } : { status: 404, text: 'trace not found' };
  }
  const found = trace ? { resourceSpans: toResourceSpans(trace) } : {};
  return { json: { trace: found, metrics: { inspectedBytes: '4711' }, status: 'COMPLETE' } };
}

function search(query: URLSearchParams, traces: readonly HeldTrace[]): StoreAnswer {
  if ([...query.keys()].some((name) => !PARAMETERS.has(name))) return undefined;
  const literal = query.get('q')?.match(QUERY)?.[1];
  const [from, to, limit] = ['start', 'end', 'limit'].map((name) => wholeNumber(query, name));
  if (literal === undefined) return { status: 400, text: 'invalid TraceQL query: parse error at line 1, col 1' };
  if (from === undefined || to === undefined || limit === undefined || to <= from) {
    return { status: 400, text: 'invalid start or end' };
  }
  const service = String(JSON.parse(literal));
  const found = findTraces(traces, { service, fromUs: from * 1e6, toUs: to * 1e6, limit });
  const rows = found.map(({ traceID }) => ({ traceID: traceID.replace(/^0+/, ''), rootServiceName: service }));
  return { json: { traces: rows, metrics: { totalBlocks: 1 } } };
}

function toResourceSpans({ spans, processes }: HeldTrace): unknown[] {
  return Object.entries(processes).map(([processId, { serviceName }]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: serviceName } }] },
    scopeSpans: [{ scope: {}, spans: spans.filter(({ processID }) => processID === processId).map(toSpan) }],
  }));
}

/** As Tempo writes it: ids in base64, enums by name, nanoseconds as strings. */
function toSpan({ traceID, spanID, references, operationName, startTime, duration, tags }: HeldSpan): unknown {
  const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
  const tag = (key: string) => tags.find((other) => other.key === key)?.value;
  const parent = references[0]?.spanID;
  return {
    traceId: base64(traceID.padStart(32, '0')),
    spanId: base64(spanID.padStart(16, '0')),
    ...(parent === undefined ? {} : { parentSpanId: base64(parent.padStart(16, '0')) }),
    name: operationName,
    kind: `SPAN_KIND_${String(tag('span.kind') ?? 'internal').toUpperCase()}`,
    startTimeUnixNano: `${startTime}000`,
    endTimeUnixNano: `${startTime + duration}000`,
    attributes: [],
    status: tag('error') === true ? { code: 'STATUS_CODE_ERROR' } : {},
  };
}
