import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPrecedentError } from '../domain/errors.ts';
import type { Span } from '../domain/trace.ts';
import { parseTraces } from './parse.ts';

interface JaegerFields {
  readonly id: string;
  readonly parent?: string;
  readonly service?: string;
  readonly start?: number;
  readonly duration?: number;
  readonly refType?: string;
  readonly tags?: Readonly<Record<string, unknown>>;
}

function jaeger(...spans: readonly JaegerFields[]) {
  const processes = Object.fromEntries(spans.map(({ service = 'a' }) => [service, { serviceName: service }]));
  return {
    data: [
      {
        traceID: 't',
        spans: spans.map(
          ({ id, parent, service = 'a', start = 1000, duration = 100, refType = 'CHILD_OF', tags = {} }) => ({
            spanID: id,
            operationName: `op-${id}`,
            references: parent === undefined ? [] : [{ refType, traceID: 't', spanID: parent }],
            startTime: start,
            duration,
            tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
            processID: service,
          }),
        ),
        processes,
      },
    ],
  };
}

const spanOf = (body: unknown, id: string): Span => parseTraces(body).spans.find((span) => span.spanId === id)!;
const errorOf = (body: unknown) => {
  try {
    parseTraces(body);
  } catch (error) {
    if (isPrecedentError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('Jaeger', () => {
  test('a span keeps its times, its service, its parent and its kind', () => {
    const body = jaeger(
      { id: 'p' },
      { id: 'c', parent: 'p', service: 'b', start: 1010, duration: 20, tags: { 'span.kind': 'server' } },
    );
    expect(parseTraces(body)).toMatchObject({ format: 'jaeger', repairs: {} });
    expect(spanOf(body, 'c')).toEqual({
      traceId: 't',
      spanId: 'c',
      parentId: 'p',
      service: 'b',
      operation: 'op-c',
      kind: 'server',
      startUs: 1010,
      durationUs: 20,
      isError: false,
    });
  });

  test.each([
    [{ error: true }, true],
    [{ error: 'true' }, true],
    [{ error: false }, false],
    [{ 'otel.status_code': 'ERROR' }, true],
    [{ 'otel.status_code': 'OK' }, false],
    [{ 'http.status_code': 503 }, true],
    [{ 'http.status_code': '500' }, true],
    [{ 'http.status_code': 404 }, false],
  ])('tags %j: error is %s', (tags, isError) => {
    expect(spanOf(jaeger({ id: 's', tags }), 's').isError).toBe(isError);
  });

  test('what follows from its parent is not waited for', () => {
    expect(spanOf(jaeger({ id: 'p' }, { id: 'c', parent: 'p', refType: 'FOLLOWS_FROM' }), 'c').kind).toBe('consumer');
  });

  test.each([[{ data: [] }], [{ data: null }], [{ resourceSpans: [] }], [[]]])('%j is an empty window', (body) => {
    expect(parseTraces(body).spans).toEqual([]);
  });
});

describe('OTLP', () => {
  const span = {
    traceId: '5B8EFFF798038103D269B633813FC60C',
    spanId: 'EEE19B7EC3C1B174',
    parentSpanId: '',
    name: 'GET /',
    kind: 2,
    startTimeUnixNano: '1544712660000000999',
    endTimeUnixNano: '1544712661000001999',
    futureField: { deeply: ['unknown'] },
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'my.service' } }] };
  const wrap = (...spans: readonly object[]) => [{ resource, scopeSpans: [{ spans }] }];
  const id = 'eee19b7ec3c1b174';

  test.each([
    ['OTLP', { resourceSpans: wrap(span) }],
    ['Tempo v1', { batches: wrap(span) }],
    ['Tempo v2', { trace: { resourceSpans: wrap(span) } }],
    ['old Tempo', { batches: [{ resource, instrumentationLibrarySpans: [{ spans: [span] }] }] }],
    ['enums as names', { batches: wrap({ ...span, kind: 'SPAN_KIND_SERVER' }) }],
    ['base64 ids', { batches: wrap({ ...span, traceId: 'W47/95gDgQPSabYzgT/GDA==', spanId: '7uGbfsPBsXQ=' }) }],
  ])('%s', (_, body) => {
    expect(parseTraces(body)).toEqual({
      format: 'otlp',
      spans: [
        {
          traceId: '5b8efff798038103d269b633813fc60c',
          spanId: id,
          service: 'my.service',
          operation: 'GET /',
          kind: 'server',
          startUs: 1_544_712_660_000_000,
          durationUs: 1_000_001,
          isError: false,
        },
      ],
      repairs: {},
    });
  });

  test('64-bit numbers may be numbers', () => {
    const body = { resourceSpans: wrap({ ...span, startTimeUnixNano: 5_000, endTimeUnixNano: 8_500 }) };
    expect(spanOf(body, id)).toMatchObject({ startUs: 5, durationUs: 3.5 });
  });

  test.each([
    [{ status: { code: 2 } }, true],
    [{ status: { code: 'STATUS_CODE_ERROR' } }, true],
    [{ status: { code: 1 } }, false],
    [{ attributes: [{ key: 'http.response.status_code', value: { intValue: '502' } }] }, true],
  ])('%j: error is %s', (fields, isError) => {
    expect(spanOf({ resourceSpans: wrap({ ...span, ...fields }) }, id).isError).toBe(isError);
  });
});

describe('Zipkin', () => {
  const span = {
    traceId: 'T',
    id: 'A',
    name: 'get',
    timestamp: 5,
    duration: 10,
    localEndpoint: { serviceName: 'web' },
  };

  test.each([
    ['spans', [span]],
    ['traces', [[span]]],
  ])('a list of %s', (_, body) => {
    expect(parseTraces(body)).toMatchObject({
      format: 'zipkin',
      spans: [{ traceId: 't', spanId: 'a', service: 'web', operation: 'get', startUs: 5, durationUs: 10 }],
    });
  });

  test('two halves under one id become caller and called, and children belong to the called half', () => {
    const body = [
      { ...span, kind: 'SERVER', shared: true, timestamp: 6, duration: 8, localEndpoint: { serviceName: 'api' } },
      { ...span, kind: 'CLIENT' },
      { ...span, id: 'B', parentId: 'A', timestamp: 7, duration: 1, localEndpoint: { serviceName: 'api' } },
    ];
    expect(parseTraces(body).repairs).toEqual({ 'shared-span-id': 1 });
    expect(spanOf(body, 'a:server')).toMatchObject({ parentId: 'a', service: 'api' });
    expect(spanOf(body, 'b').parentId).toBe('a:server');
  });

  test('the presence of an error tag is an error', () => {
    expect(spanOf([{ ...span, tags: { error: 'timeout' } }], 'a').isError).toBe(true);
  });
});

describe('bad spans are mended and counted, or refused by id', () => {
  test.each([
    ['orphan-span', jaeger({ id: 'c', parent: 'gone' })],
    ['duplicate-span', jaeger({ id: 's' }, { id: 's' })],
    ['negative-duration', jaeger({ id: 's', duration: -5 })],
    ['cycle', jaeger({ id: 'a', parent: 'b' }, { id: 'b', parent: 'a' })],
    ['cycle', jaeger({ id: 'a', parent: 'a' })],
    ['absurd-time', jaeger({ id: 'a' }, { id: 'b' }, { id: 'c', duration: 9e12 })],
    ['absurd-time', jaeger({ id: 'a' }, { id: 'b' }, { id: 'c', start: 1.7e18 })],
    [
      'clock-skew',
      jaeger({ id: 'p', start: 1000, duration: 100 }, { id: 'c', parent: 'p', service: 'b', start: 400, duration: 60 }),
    ],
  ])('%s', (kind, body) => {
    expect(parseTraces(body).repairs).toEqual({ [kind]: 1 });
  });

  test('a cycle is opened at the span that starts first', () => {
    const body = jaeger({ id: 'late', parent: 'early', start: 1010 }, { id: 'early', parent: 'late', start: 1000 });
    expect(spanOf(body, 'early').parentId).toBeUndefined();
    expect(spanOf(body, 'late').parentId).toBe('early');
  });

  test("a skewed callee is put in its caller's middle, and its own children move along", () => {
    const body = jaeger(
      { id: 'p', start: 1000, duration: 100 },
      { id: 'c', parent: 'p', service: 'b', start: 400, duration: 60 },
      { id: 'g', parent: 'c', service: 'b', start: 410, duration: 5 },
    );
    expect(spanOf(body, 'c').startUs).toBe(1020);
    expect(spanOf(body, 'g').startUs).toBe(1030);
  });

  test('nanoseconds in a field for microseconds are refused, with the spans named', () => {
    const error = errorOf(jaeger({ id: 'abc', start: 1.7e18 }));
    expect(error.code).toBe('trace-invalid');
    expect(error.problems[0]?.path).toBe('span abc');
  });

  test('a span of the wrong shape is refused, with its path and id', () => {
    const body = jaeger({ id: 'good' }, { id: 'bad' });
    Reflect.set(body.data[0]!.spans[1]!, 'duration', 'long');
    const error = errorOf(body);
    expect(error.code).toBe('trace-invalid');
    expect(error.problems[0]).toMatchObject({
      path: 'data[0].spans[1].duration',
      message: expect.stringContaining('span bad'),
    });
  });

  test.each([[undefined], [null], [1], ['x'], [{}], [{ data: {} }], [[1]], [[{ spanId: 'x' }]], [{ trace: 'x' }]])(
    '%j is no format, and the message says what is one',
    (body) => {
      const error = errorOf(body);
      expect(error.code).toBe('trace-format-unknown');
      expect(error.message).toMatch(/Jaeger.*OTLP.*Tempo.*Zipkin/);
    },
  );
});

describe('whatever comes', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const number = fc.oneof(fc.integer({ min: -10, max: 10_000 }), fc.double({ noNaN: true }));
  const fields = fc.record(
    {
      id,
      parent: id,
      service: fc.constantFrom('x', 'y'),
      start: number,
      duration: number,
      refType: fc.constantFrom('CHILD_OF', 'FOLLOWS_FROM'),
      tags: fc.dictionary(
        fc.constantFrom('span.kind', 'error', 'http.status_code'),
        fc.constantFrom('client', 'server', true, 500),
      ),
    },
    { requiredKeys: ['id'] },
  );

  test('parsed spans have unique ids, living parents, no cycles and no negative durations', () => {
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 12 }), (spans) => {
        const parsed = readOrRefuse(jaeger(...spans));
        const parents = new Map(parsed.map((span) => [span.spanId, span.parentId]));
        expect(parents.size).toBe(parsed.length);
        for (const span of parsed) {
          expect(span.durationUs).toBeGreaterThanOrEqual(0);
          let steps = 0;
          for (let at = span.parentId; at !== undefined; at = parents.get(at)) {
            expect(parents.has(at)).toBe(true);
            expect(++steps).toBeLessThanOrEqual(parsed.length);
          }
        }
      }),
    );
  });

  test('any JSON is parsed or refused with a reason, never anything else', () => {
    const wrapped = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().map((data) => ({ data })),
      fc.array(fc.jsonValue()).map((spans) => ({ data: [{ traceID: 't', spans }] })),
      fc.array(fc.jsonValue()).map((spans) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] })),
      fc.array(fc.record({ traceId: fc.jsonValue(), id: fc.jsonValue(), timestamp: fc.jsonValue() })),
    );
    fc.assert(
      fc.property(wrapped, (body) => void readOrRefuse(body)),
      { numRuns: 500 },
    );
  });

  function readOrRefuse(body: unknown): readonly Span[] {
    try {
      return parseTraces(body).spans;
    } catch (error) {
      expect(isPrecedentError(error, 'trace-invalid') || isPrecedentError(error, 'trace-format-unknown')).toBe(true);
      return [];
    }
  }
});

test('more spans than a digest gets through are refused, with what to leave out', () => {
  const spansOf = (count: number) => Array.from({ length: count }, (_, at) => ({ traceId: 't', id: `${at}` }));
  expect(() => parseTraces(spansOf(200_001))).toThrow(
    expect.objectContaining({ code: 'input-too-large', message: expect.stringContaining('fewer minutes') }),
  );
  expect(parseTraces(spansOf(1_000)).spans).toHaveLength(1_000);
});

test('a long name in a mistake is cut', () => {
  const body = { data: [{ traceID: 't', processes: { ['p'.repeat(1_000_000)]: 5 }, spans: [] }] };
  try {
    parseTraces(body);
    expect.unreachable();
  } catch (error) {
    expect(isPrecedentError(error, 'trace-invalid') && error.message.length).toBeLessThan(500);
  }
});

describe('names are cleaned, whichever format they come in', () => {
  const url = 'https://api.example.com/orders/12345?token=abc';
  const client = { key: 'span.kind', value: 'client' };

  test.each([
    [
      'Jaeger',
      {
        data: [
          {
            traceID: 't',
            spans: [
              {
                spanID: 'a',
                operationName: `GET ${url}`,
                startTime: 1,
                duration: 1,
                processID: 'p',
                tags: [client, { key: 'peer.service', value: url }],
              },
            ],
            processes: { p: { serviceName: url } },
          },
        ],
      },
    ],
    [
      'OTLP',
      {
        resourceSpans: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: url } }] },
            scopeSpans: [
              {
                spans: [
                  {
                    traceId: 't',
                    spanId: 'a',
                    name: `GET ${url}`,
                    kind: 3,
                    startTimeUnixNano: 1,
                    endTimeUnixNano: 2,
                    attributes: [{ key: 'peer.service', value: { stringValue: `${url}&peer` } }],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
    [
      'Zipkin',
      [
        {
          traceId: 't',
          id: 'a',
          name: `GET ${url}`,
          kind: 'CLIENT',
          localEndpoint: { serviceName: url },
          remoteEndpoint: { serviceName: `${url}&peer` },
        },
      ],
    ],
  ])('%s', (_, body) => {
    const span = spanOf(body, 'a');
    expect(JSON.stringify(span)).not.toMatch(/token|abc|12345/);
    expect(span).toMatchObject({ service: 'api.example.com', operation: expect.stringContaining('/orders/') });
  });
});
