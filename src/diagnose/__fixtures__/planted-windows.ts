import type { JaegerSpanJson, JaegerTraceJson } from '../../testing/trace-builder.ts';
import { buildJaegerTraces } from '../../testing/trace-builder.ts';
import type { Fault, ServiceCall } from '../../testing/trace-plan.ts';

/** Two windows of a made-up shop whose culprit is known, and the places in them where outsiders can write. */
export const CULPRIT = 'inventory';

const SHOP: ServiceCall = {
  service: 'web',
  operation: 'GET /cart',
  ownMs: 4,
  calls: [
    {
      service: 'catalog',
      operation: 'list-items',
      ownMs: 3,
      work: [{ operation: 'read-page', ms: 5 }],
      through: 'call-catalog',
    },
    {
      service: 'checkout',
      operation: 'place-order',
      ownMs: 5,
      through: 'call-checkout',
      calls: [
        { service: 'payment', operation: 'charge', ownMs: 8, through: 'call-payment' },
        { service: CULPRIT, operation: 'reserve-stock', ownMs: 6, through: 'call-inventory' },
      ],
    },
  ],
};

interface SpanJson extends Omit<JaegerSpanJson, 'tags'> {
  readonly tags: readonly { readonly key: string; readonly type: string; readonly value: unknown }[];
  readonly logs?: unknown;
  readonly warnings?: readonly string[];
}
interface TraceJson {
  readonly traceID: string;
  readonly spans: readonly SpanJson[];
  readonly processes: JaegerTraceJson['processes'];
}
interface WindowJson {
  readonly data: readonly TraceJson[];
}
export interface Windows {
  readonly baseline: WindowJson;
  readonly incident: WindowJson;
}

export const FAULTS: Readonly<Record<'latency' | 'error', Fault>> = {
  latency: { kind: 'latency', service: CULPRIT, addMs: 400 },
  error: { kind: 'error', service: CULPRIT, share: 0.6 },
};

export function buildWindows(fault: Fault): Windows {
  const plan = { root: SHOP, traces: 14, noise: 0.1 };
  return {
    baseline: buildJaegerTraces({ ...plan, seed: 11, startsAt: new Date('2026-02-01T00:00:00Z') }),
    incident: buildJaegerTraces({ ...plan, seed: 12, startsAt: new Date('2026-02-01T00:10:00Z'), faults: [fault] }),
  };
}

export interface Place {
  readonly name: string;
  /** Written to the first trace of the incident alone, or to all of both windows. */
  readonly plant: (windows: Windows, text: string) => Windows;
  /** Services are asked for by what they were called before. */
  readonly renames?: string;
}

const first = (windows: Windows, change: (trace: TraceJson) => TraceJson): Windows => ({
  ...windows,
  incident: { data: windows.incident.data.map((trace, index) => (index === 3 ? change(trace) : trace)) },
});
const every = (windows: Windows, change: (trace: TraceJson) => TraceJson): Windows => ({
  baseline: { data: windows.baseline.data.map(change) },
  incident: { data: windows.incident.data.map(change) },
});
const inSpans = (operation: string, change: (span: SpanJson, trace: TraceJson) => SpanJson) => (trace: TraceJson) => ({
  ...trace,
  spans: trace.spans.map((span) => (span.operationName === operation ? change(span, trace) : span)),
});
const withTag = (span: SpanJson, key: string, value: unknown): SpanJson => ({
  ...span,
  tags: [...span.tags.filter((tag) => tag.key !== key), { key, type: 'string', value }],
});
const withName = (text: string) => (span: SpanJson) => ({ ...span, operationName: text });
const withService = (text: string) => (span: SpanJson) => ({ ...span, processID: `planted ${text}` });
const nameProcess = (text: string) => (trace: TraceJson) => ({
  ...trace,
  processes: { ...trace.processes, [`planted ${text}`]: { serviceName: text } },
});
const calls = (text: string) => (span: SpanJson) => withTag(withTag(span, 'span.kind', 'client'), 'peer.service', text);

export interface AttributePlace {
  readonly name: string;
  /** Writes a text of its own into every trace. */
  readonly plant: (windows: Windows, texts: readonly string[]) => Windows;
}

/** Every trace has the next of the texts. */
function inTurn(windows: Windows, texts: readonly string[], change: (trace: TraceJson, text: string) => TraceJson): Windows {
  const turn = ({ data }: WindowJson, start: number) => ({
    data: data.map((trace, index) => change(trace, texts[(start + index) % texts.length] ?? '')),
  });
  return { baseline: turn(windows.baseline, 0), incident: turn(windows.incident, windows.baseline.data.length) };
}

function atSpans(name: string, operation: string, change: (span: SpanJson, text: string) => SpanJson): AttributePlace {
  return {
    name,
    plant: (windows, texts) =>
      inTurn(windows, texts, (trace, text) => inSpans(operation, (span) => change(span, text))(trace)),
  };
}

function atTraces(name: string, change: (trace: TraceJson, text: string) => TraceJson): AttributePlace {
  return { name, plant: (windows, texts) => inTurn(windows, texts, change) };
}

/** Text that no digest is made of: whatever stands here, the digest is the same to the byte. */
export const ATTRIBUTES: readonly AttributePlace[] = [
  ...['note', 'db.statement', 'http.url', 'otel.status_description', 'exception.message', 'messaging.message.id'].map(
    (key) => atSpans(key, 'charge', (span, text) => withTag(span, key, text)),
  ),
  // What a tool reads as yes, 500 or ERROR, and no text is.
  ...['error', 'http.status_code', 'otel.status_code'].map((key) =>
    atSpans(key, 'charge', (span, text) => withTag(span, key, text)),
  ),
  atSpans('the key of a tag', 'charge', (span, text) => withTag(span, text, 'x')),
  atSpans("the culprit's error message", 'reserve-stock', (span, text) => withTag(span, 'error.message', text)),
  atSpans('an exception in the log', 'charge', (span, text) => ({
    ...span,
    logs: [{ timestamp: span.startTime, fields: [{ key: 'exception.message', type: 'string', value: text }] }],
  })),
  atSpans('a warning', 'charge', (span, text) => ({ ...span, warnings: [text] })),
  atTraces('a tag of a process', (trace, text) => ({
    ...trace,
    processes: Object.fromEntries(
      Object.entries(trace.processes).map(([id, { serviceName }]) => [
        id,
        { serviceName, tags: [{ key: 'host', type: 'string', value: text }] },
      ]),
    ),
  })),
  atTraces('a field nobody knows', (trace, text) => ({ ...trace, [text]: text, note: text })),
];

/** Names of what has nothing to do with the fault. */
export const NAMES: readonly Place[] = [
  { name: 'the operation of one span', plant: (windows, text) => first(windows, inSpans('charge', withName(text))) },
  { name: 'an operation', plant: (windows, text) => every(windows, inSpans('charge', withName(text))) },
  { name: 'the operation of a call', plant: (windows, text) => every(windows, inSpans('call-payment', withName(text))) },
  {
    name: 'the service of one span',
    plant: (windows, text) => first(first(windows, inSpans('charge', withService(text))), nameProcess(text)),
  },
  {
    name: 'a service',
    renames: 'payment',
    plant: (windows, text) => every(every(windows, inSpans('charge', withService(text))), nameProcess(text)),
  },
  { name: 'the peer of a call', plant: (windows, text) => every(windows, inSpans('call-payment', calls(text))) },
  {
    name: 'the peer of a call without another half',
    plant: (windows, text) => every(windows, inSpans('read-page', calls(text))),
  },
  {
    name: 'the database of a call',
    plant: (windows, text) =>
      every(windows, inSpans('read-page', (span) => withTag(withTag(span, 'span.kind', 'client'), 'db.name', text))),
  },
  {
    name: 'the id of a trace',
    plant: (windows, text) => ({
      ...windows,
      incident: {
        data: windows.incident.data.map((trace, index) => {
          const traceID = `${text.slice(0, 120)} ${index}`;
          return { ...trace, traceID, spans: trace.spans.map((span) => ({ ...span, traceID })) };
        }),
      },
    }),
  },
];

/** Names of the culprit itself and of who calls it: they are told, for they are what is wrong. */
export const OWN_NAMES: readonly Place[] = [
  { name: "the culprit's operation", plant: (windows, text) => every(windows, inSpans('reserve-stock', withName(text))) },
  {
    name: "the culprit's service",
    renames: CULPRIT,
    plant: (windows, text) => every(every(windows, inSpans('reserve-stock', withService(text))), nameProcess(text)),
  },
  { name: 'the call to it', plant: (windows, text) => every(windows, inSpans('call-inventory', withName(text))) },
  {
    name: 'its caller',
    renames: 'checkout',
    plant: (windows, text) =>
      every(
        every(every(windows, inSpans('place-order', withService(text))), inSpans('call-inventory', withService(text))),
        nameProcess(text),
      ),
  },
];
