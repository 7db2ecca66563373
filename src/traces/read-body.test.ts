import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isPrecedentError, type PrecedentError } from '../domain/errors.ts';
import { parseTraces } from './parse.ts';
import { type ReadBodyOptions, readBody, type TracePiece } from './read-body.ts';

const START = 1_767_225_600_000_000;

/** Small runs make every array and object one that is entered; none, that everything is taken whole. */
const WAYS = [
  ['taken whole', { maxItems: 10_000, maxBytes: 1024 * 1024 }],
  ['entered', { maxItems: 2, maxBytes: 48 }],
] as const;

const OPTIONS = { encoding: 'identity', windows: { incident: [] }, maxBytes: 1e8, maxSpans: 1e6 } as const;

async function* chunksOf(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

const bytesOf = (body: unknown): Uint8Array => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

interface Reading extends Partial<ReadBodyOptions> {
  readonly limits?: { readonly maxItems: number; readonly maxBytes: number };
  readonly chunk?: number;
}

function read(body: unknown, { limits, chunk, ...options }: Reading = {}) {
  const bytes = body instanceof Uint8Array ? body : bytesOf(body);
  return readBody(chunksOf(bytes, chunk), { ...OPTIONS, ...options }, limits);
}

async function errorOf(body: unknown, reading: Reading = {}): Promise<PrecedentError> {
  try {
    await read(body, reading);
  } catch (error) {
    if (isPrecedentError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const jaegerSpan = (id: string, parent?: string, service = 'web') => ({
  traceID: 't',
  spanID: id,
  operationName: 'GET /',
  references: parent === undefined ? [] : [{ refType: 'CHILD_OF', traceID: 't', spanID: parent }],
  startTime: START,
  duration: 100,
  tags: [],
  processID: service,
});
const PROCESSES = { web: { serviceName: 'web' }, db: { serviceName: 'db' } };
const jaegerTrace = (traceID = 't') => ({
  traceID,
  spans: [jaegerSpan('a'), jaegerSpan('b', 'a', 'db'), jaegerSpan('c', 'a')],
  processes: PROCESSES,
});
const otlpSpan = (spanId: string, traceId = '5b8efff798038103d269b633813fc60c') => ({
  traceId,
  spanId,
  name: 'GET /',
  kind: 2,
  startTimeUnixNano: `${START}000`,
  endTimeUnixNano: `${START + 100}000`,
});
const RESOURCE = { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] };
const SCOPE = { name: 'http' };
const resourceSpans = (...ids: readonly string[]) => ({
  resource: RESOURCE,
  scopeSpans: [{ scope: SCOPE, spans: ids.map((id) => otlpSpan(id)) }],
});
const zipkinSpan = (id: string, traceId = 't') => ({
  traceId,
  id,
  name: 'get',
  timestamp: START,
  duration: 100,
  localEndpoint: { serviceName: 'web' },
});

const { traceID, spans, processes } = jaegerTrace();
const { resource, scopeSpans } = resourceSpans('00000000000000aa', '00000000000000bb', '00000000000000cc');

const WINDOWS: readonly (readonly [name: string, window: unknown])[] = [
  ['Jaeger', { data: [jaegerTrace('t'), jaegerTrace('u')], total: 0, errors: null }],
  ['Jaeger with processes first', { data: [{ processes, traceID, spans }] }],
  ['Jaeger with its id last', { data: [{ spans, processes, traceID }] }],
  ['Jaeger without processes', { data: [{ traceID, spans }] }],
  ['an empty Jaeger', { data: [] }],
  ['a Jaeger of nothing', { data: null }],
  ['OTLP', { resourceSpans: [{ resource, scopeSpans }, resourceSpans('00000000000000dd')] }],
  ['OTLP with the resource last', { resourceSpans: [{ scopeSpans, resource }] }],
  ['OTLP without resource', { resourceSpans: [{ scopeSpans }] }],
  [
    'OTLP with the scope last',
    { resourceSpans: [{ resource, scopeSpans: [{ spans: scopeSpans[0]?.spans, scope: SCOPE }] }] },
  ],
  [
    'OTLP with many scopes',
    { resourceSpans: [{ resource, scopeSpans: [...scopeSpans, { spans: [otlpSpan('00000000000000dd')] }, {}] }] },
  ],
  ['OTLP of old libraries', { resourceSpans: [{ resource, instrumentationLibrarySpans: scopeSpans }] }],
  ['an empty OTLP', { resourceSpans: [] }],
  ['Tempo', { batches: [{ resource, scopeSpans }] }],
  ['Tempo v2', { trace: { resourceSpans: [{ resource, scopeSpans }] }, metrics: { inspected: 3 } }],
  ['Zipkin spans', [zipkinSpan('a'), zipkinSpan('b'), zipkinSpan('c')]],
  ['Zipkin traces', [[zipkinSpan('a'), zipkinSpan('b')], [zipkinSpan('a', 'u')], []]],
  ['an empty array', []],
  ['an array of Jaeger documents', [{ data: [jaegerTrace('t')] }, { data: [jaegerTrace('u')] }]],
  ['an array of OTLP documents', [{ resourceSpans: [{ resource, scopeSpans }] }, { resourceSpans: [] }]],
  ['an array of Tempo documents', [{ trace: { resourceSpans: [{ resource, scopeSpans }] } }, { batches: [] }]],
];

describe.each(WAYS)('a window that is %s', (_, limits) => {
  test.each(WINDOWS)('%s is read like the value in memory', async (_, window) => {
    const { rest, windows } = await read(window, { limits });
    expect(rest).toBeUndefined();
    expect(windows).toEqual({ incident: parseTraces(window) });
  });

  test.each(WINDOWS)('%s: its pieces are the same window again', async (_, window) => {
    const pieces: TracePiece[] = [];
    const { windows } = await read(window, { limits, onPiece: (_, piece) => void pieces.push(piece) });
    const contents = pieces.map((piece) => piece.content);
    const format = windows.incident?.format ?? 'zipkin';
    const again = { jaeger: { data: contents }, otlp: { resourceSpans: contents }, zipkin: contents }[format];
    expect(parseTraces(again)).toEqual(windows.incident);
    expect(pieces.reduce((sum, piece) => sum + piece.spans, 0)).toBe(windows.incident?.spans.length);
  });

  it('finds windows where they are, and gives the rest back', async () => {
    const body = {
      alert: { labels: { alertname: 'Slow' } },
      traces: { baseline: { data: [jaegerTrace()] }, note: 'x', incident: [zipkinSpan('a')] },
      asOf: '2026-01-01T00:00:00Z',
    };
    const places = { baseline: ['traces', 'baseline'], incident: ['traces', 'incident'] };
    const { rest, windows } = await read(body, { limits, windows: places });
    expect(rest).toEqual({ alert: body.alert, traces: { note: 'x' }, asOf: body.asOf });
    expect(windows).toEqual({
      baseline: parseTraces(body.traces.baseline),
      incident: parseTraces(body.traces.incident),
    });
  });

  test.each([
    ['JSON Lines', (documents: readonly string[]) => `${documents.join('\n')}\n`],
    ['documents without anything between', (documents: readonly string[]) => documents.join('')],
  ])('%s are one window', async (_, join) => {
    const documents = [resourceSpans('00000000000000aa'), resourceSpans('00000000000000bb'), resourceSpans()];
    const text = join(documents.map((document) => JSON.stringify({ resourceSpans: [document] })));
    const { windows } = await read(text, { limits });
    expect(windows.incident).toEqual(parseTraces({ resourceSpans: documents }));
  });

  test.each([
    [
      '{"data":[{"traceID":"t","spans":[{"spanID":"a","startTime":1,"duration":"x"}],"processes":{}}]}',
      'data[0].spans[0].duration',
      'span a:',
    ],
    ['{"data":[5]}', 'data[0]', 'expected an object'],
    ['{"data":[{"processes":[],"traceID":"t","spans":{}}]}', 'data[0].processes', 'an object, not an array'],
    [
      '{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[{"spanId":"b","traceId":""}]}]}]}',
      'resourceSpans[0].scopeSpans[0].spans[0].traceId',
      'span b:',
    ],
    ['[{"traceId":"t","id":"c","timestamp":[]}]', '[0].timestamp', 'span c:'],
    ['[{"traceId":"t","id":"c","duration":1e999}]', '[0].duration', 'a number out of range'],
  ])('%s: a mistake is named', async (body, path, message) => {
    const error = await errorOf(body, { limits });
    expect(error.code).toBe('trace-invalid');
    expect(error.problems[0]).toMatchObject({ path, message: expect.stringContaining(message) });
  });

  test.each([
    ['trace-format-unknown', {}],
    ['trace-format-unknown', [1]],
    ['trace-format-unknown', [[1]]],
    ['trace-format-unknown', { data: { spans: [] } }],
    [
      'trace-format-unknown',
      { resourceLogs: [{ scopeLogs: [] }], note: 'long enough to be entered, which takes a while' },
    ],
    ['trace-invalid', [{ data: [jaegerTrace()] }, { resourceSpans: [] }]],
    ['trace-invalid', [zipkinSpan('a'), { data: [] }]],
    ['trace-invalid', { data: [], resourceSpans: [] }],
    ['trace-invalid', { resourceSpans: 'none' }],
  ] as const)('%s: %j', async (code, body) => {
    expect((await errorOf(body, { limits })).code).toBe(code);
    expect(() => parseTraces(body)).toThrow(expect.objectContaining({ code }));
  });

  it('stops at the first span too many', async () => {
    let taken = 0;
    async function* endless() {
      yield Buffer.from('{"data":[{"traceID":"t","processes":{},"spans":[{}');
      for (; taken < 100_000; taken++) yield Buffer.from(`,${JSON.stringify(jaegerSpan(`${taken}`))}`);
    }
    const reading = readBody(endless(), { ...OPTIONS, maxSpans: 100 }, limits);
    await expect(reading).rejects.toMatchObject({
      code: 'input-too-large',
      message: expect.stringContaining('100 spans'),
    });
    expect(taken).toBeLessThan(10_000);
  });

  test('whatever the chunks, the spans and pieces are the same', async () => {
    const window = fc.constantFrom(...WINDOWS.map(([, body]) => JSON.stringify(body)));
    await fc.assert(
      fc.asyncProperty(
        window,
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 300 }),
        async (text, chunk, maxBytes) => {
          const pieces: TracePiece[] = [];
          const onPiece = (_: unknown, piece: TracePiece) => void pieces.push(piece);
          const { windows } = await read(text, { chunk, limits: { maxItems: 3, maxBytes }, onPiece });
          expect(windows.incident).toEqual(parseTraces(JSON.parse(text)));
          const whole: TracePiece[] = [];
          await read(text, { chunk: 1e6, onPiece: (_, piece) => void whole.push(piece) });
          expect(pieces).toEqual(whole);
        },
      ),
      { numRuns: 80 },
    );
  });
});

describe('pieces', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => at.toString(16).padStart(16, '0'));

  test.each(WAYS)('a resource of many spans comes in parts that each say whose they are (%s)', async (_, limits) => {
    const pieces: TracePiece[] = [];
    const body = {
      resourceSpans: [
        {
          resource,
          scopeSpans: [{ scope: SCOPE, spans: many(1200).map((id) => otlpSpan(id)), schemaUrl: 'of the scope' }],
          schemaUrl: 'of the resource',
        },
      ],
    };
    await read(body, { limits, chunk: 1000, onPiece: (_, piece) => void pieces.push(piece) });
    expect(pieces.map((piece) => piece.spans)).toEqual([500, 500, 200]);
    for (const { content } of pieces) expect(content).toMatchObject({ resource, scopeSpans: [{ scope: SCOPE }] });
    expect(pieces.filter(({ content }) => JSON.stringify(content).includes('of the'))).toEqual([pieces[2]]);
  });

  test.each(WAYS)('a trace of many spans comes in parts with its processes (%s)', async (_, limits) => {
    const pieces: TracePiece[] = [];
    const body = { data: [{ traceID: 't', spans: many(501).map((id) => jaegerSpan(id)), processes, warnings: ['w'] }] };
    await read(body, { limits, chunk: 1000, onPiece: (_, piece) => void pieces.push(piece) });
    expect(pieces.map((piece) => piece.spans)).toEqual([500, 1]);
    expect(pieces[0]?.content).toMatchObject({ traceID: 't', processes });
    expect(pieces[1]?.content).toMatchObject({ traceID: 't', processes, warnings: ['w'] });
  });

  it('waits for whoever listens', async () => {
    const heard: string[] = [];
    await read([zipkinSpan('a'), zipkinSpan('b')], {
      onPiece: async (_, piece) => {
        heard.push(`start ${JSON.stringify(piece.content).slice(15, 24)}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        heard.push('end');
      },
    });
    expect(heard.map((line) => line.slice(0, 5))).toEqual(['start', 'end', 'start', 'end']);
  });

  it('lets what the listener throws through, and closes the bytes', async () => {
    let isClosed = false;
    async function* bytes() {
      try {
        while (true) yield bytesOf('[{"traceId":"t","id":"a"}]');
      } finally {
        isClosed = true;
      }
    }
    const failure = new Error('the store is full');
    const reading = readBody(bytes(), {
      ...OPTIONS,
      onPiece: () => {
        throw failure;
      },
    });
    await expect(reading).rejects.toBe(failure);
    expect(isClosed).toBe(true);
  });
});

describe('the body around the windows', () => {
  const windows = { baseline: ['baseline'], incident: ['incident'] };

  it('takes a window that is null for none', async () => {
    const body = { baseline: null, incident: [] };
    expect(await read(body, { windows })).toEqual({ rest: {}, windows: { incident: parseTraces([]) } });
  });

  it('gives back what stands where the way to a window should be', async () => {
    const places = { incident: ['traces', 'incident'] };
    expect(await read({ traces: 'none' }, { windows: places })).toEqual({ rest: { traces: 'none' }, windows: {} });
    expect(await read([1], { windows: places })).toEqual({ rest: [1], windows: {} });
  });

  it('lets nobody set a prototype', async () => {
    const text = '{"__proto__":{"polluted":1},"\\u005f_proto__":{"polluted":1},"a":{"__proto__":{"polluted":1},"b":1}}';
    const { rest } = await read(text, { windows });
    expect(Reflect.get(Object(rest), 'polluted')).toBeUndefined();
    expect(rest).toEqual({ a: { b: 1 } });
    expect(Object.keys(Object(Reflect.get(Object(rest), 'a')))).toEqual(['b']);
  });

  it('refuses a window that comes twice, and more than one body', async () => {
    expect((await errorOf('{"incident":[],"incident":[]}', { windows })).message).toContain('incident window twice');
    expect((await errorOf('{"incident":[]} {}', { windows })).message).toContain('at byte 16');
  });
});

describe('what is no JSON is refused with its place and without its content', () => {
  test.each([
    ['', 'empty'],
    [' \n', 'empty'],
    ['{"data":[', 'too early, at byte 9'],
    ['{"data":[]', 'too early'],
    ['{"data":[],}', 'at byte 11'],
    ['{"data":[{"secret":tru}]}', 'mistake'],
    ['{"data" []}', 'mistake'],
    ['{"data":[] "x":1}', 'mistake'],
    ['[1 secret]', 'mistake'],
    ['[{"traceId":"t","id":"a"},]', 'mistake'],
    ['[{"traceId":"t","id":"a"}}', 'mistake'],
    ['secret', 'mistake'],
    ['{secret:1}', 'mistake'],
    ['{"a":"secret', 'too early'],
    ['{"a":1]', 'mistake'],
    ['[{"traceId":"t","id":"secret\n"}]', 'mistake'],
    ['[01]', 'mistake'],
    ['[{"traceId":"t","id":"a"}]secret', 'mistake'],
  ])('%j', async (body, message) => {
    for (const [, limits] of WAYS) {
      const error = await errorOf(body, { limits });
      expect(error.code).toBe('input-invalid');
      expect(error.message).not.toContain('secret');
      if (limits === WAYS[0][1]) expect(error.message).toContain(message);
    }
  });

  test.each(WAYS)('nesting deeper than 200 (%s)', async (_, limits) => {
    const nested = (depth: number) => `[{"traceId":"t","id":"a","x":${'['.repeat(depth)}${']'.repeat(depth)}}]`;
    expect((await errorOf(nested(199), { limits })).message).toContain('nested deeper than 200');
    expect((await errorOf('['.repeat(1e5), { limits })).message).toContain('nested deeper than 200');
    expect((await read(nested(198), { limits })).windows.incident?.spans).toHaveLength(1);
  });

  test.each(WAYS)('bytes that are not UTF-8 (%s)', async (_, limits) => {
    const body = Buffer.from('[{"traceId":"t","id":"a?"}]');
    body[body.indexOf('?')] = 0xff;
    expect(await errorOf(body, { limits })).toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('UTF-8'),
    });
  });

  it('takes a byte order mark for none', async () => {
    expect(
      (await read(`\ufeff${JSON.stringify([zipkinSpan('a')])}`, { chunk: 1 })).windows.incident?.spans,
    ).toHaveLength(1);
  });

  it('keeps characters whole that chunks cut', async () => {
    const span = { ...zipkinSpan('a'), localEndpoint: { serviceName: 'größe-数-🙂' } };
    const { windows } = await read([span], { chunk: 1 });
    expect(windows.incident).toEqual(parseTraces([span]));
  });

  it('counts what comes out of compression against the limit', async () => {
    const error = await errorOf(gzipSync(' '.repeat(1e6)), { encoding: 'gzip', maxBytes: 1e5 });
    expect(error.code).toBe('input-too-large');
  });

  it('holds no more than so much that is no span', async () => {
    const large = JSON.stringify({ data: [], note: 'x'.repeat(17 * 1024 * 1024) });
    expect((await errorOf(large, { chunk: 1e5 })).code).toBe('input-too-large');
  });
});
