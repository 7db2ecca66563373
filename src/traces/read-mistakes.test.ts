import { gzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { isPrecedentError, type PrecedentError } from '../domain/errors.ts';
import { parseTraces } from './parse.ts';
import { type ReadBodyOptions, readBody } from './read-body.ts';

/** As in the tests of reading: what is small is taken whole, what is large entered. */
const WAYS = [
  ['taken whole', { maxItems: 10_000, maxBytes: 1024 * 1024 }],
  ['entered', { maxItems: 2, maxBytes: 24 }],
] as const;
const START = 1_767_225_600_000_000;

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

interface Reading extends Partial<ReadBodyOptions> {
  readonly limits?: { readonly maxItems: number; readonly maxBytes: number };
  readonly chunk?: number;
}

function read(body: string | Uint8Array, { limits, chunk = 7, ...options }: Reading = {}) {
  const given = { encoding: 'auto', windows: { incident: [] }, maxBytes: 1e8, maxSpans: 1e6 } as const;
  return readBody(chunksOf(Buffer.from(body), chunk), { ...given, ...options }, limits);
}

async function errorOf(body: string, reading: Reading = {}): Promise<PrecedentError> {
  try {
    await read(body, reading);
  } catch (error) {
    if (isPrecedentError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const zipkin = (id: string, fields: object = {}) => ({ traceId: 't', id, timestamp: START, duration: 5, ...fields });
const METRICS = { resourceMetrics: [{ scopeMetrics: [{ metrics: [] }] }] };
const LOGS = { resourceLogs: [{ scopeLogs: [{ logRecords: [] }] }] };
const SEARCH = { traces: [{ traceID: 'a1', rootServiceName: 'web', rootTraceName: 'GET /' }], metrics: {} };
const TRACES = { resourceSpans: [] };

describe.each(WAYS)('what is no window of traces (%s)', (_, limits) => {
  test.each([
    ['metrics', METRICS, 'metrics of OTLP'],
    ['logs', LOGS, 'logs of OTLP'],
    ['a search of Tempo', SEARCH, 'search of Tempo'],
    ['a search that found nothing', { traces: [], metrics: {} }, 'search of Tempo'],
    ['nothing', {}, 'empty object'],
  ])('is called what it is: %s', async (_, body, what) => {
    const error = await errorOf(JSON.stringify(body), { limits });
    expect(error).toMatchObject({ code: 'trace-format-unknown', message: expect.stringContaining(what) });
    expect(error.message).toContain('accepted are');
    expect(() => parseTraces(body)).toThrow(what);
    expect((await errorOf(JSON.stringify([body]), { limits })).message).toContain(`[0]: `);
  });

  it('is named by its number among documents', async () => {
    const lines = (...documents: readonly object[]) => documents.map((one) => JSON.stringify(one)).join('\n');
    expect((await errorOf(lines(TRACES, TRACES, METRICS, TRACES), { limits })).message).toMatch(
      /^\(document 3\): these are metrics/,
    );
    expect((await errorOf(lines(LOGS, TRACES), { limits })).message).toMatch(/^\(document 1\): these are logs/);
    const error = await errorOf(lines(TRACES, {}), { limits });
    expect(error.problems).toEqual([{ path: '(document 2)', message: 'this is an empty object' }]);
  });

  it('is an error of Jaeger’s, of which a bounded line is shown', async () => {
    const said = `trace not found\n<b>${'x'.repeat(500)}`;
    for (const body of [
      { data: null, errors: [{ code: 404, msg: said }] },
      { errors: [{ code: 404, msg: said }], data: null },
    ]) {
      const error = await errorOf(JSON.stringify(body), { limits });
      expect(error).toMatchObject({ code: 'trace-invalid', message: expect.stringContaining('trace not found??b?xx') });
      expect(error.message.length).toBeLessThan(300);
      expect(() => parseTraces(body)).toThrow('trace not found');
    }
    for (const body of [
      { data: null, errors: null },
      { data: null, errors: [] },
      { data: [], errors: [{ msg: 'x' }] },
    ])
      expect((await read(JSON.stringify(body), { limits })).windows.incident?.spans).toEqual([]);
  });

  it('says in which window of a body it is, in its words and in its paths', async () => {
    const windows = { baseline: ['traces', 'baseline'], incident: ['traces', 'incident'] };
    const inBody = (incident: unknown) => JSON.stringify({ traces: { baseline: [zipkin('a')], incident } });
    const late = await errorOf(inBody([zipkin('b', { duration: 'x' })]), { limits, windows });
    expect(late.message).toMatch(/^traces\.incident: the Zipkin traces/);
    expect(late.problems[0]?.path).toBe('traces.incident[0].duration');
    const other = await errorOf(inBody(METRICS), { limits, windows });
    expect(other.message).toMatch(/^traces\.incident: these are metrics/);
    const many = await errorOf(inBody([zipkin('b'), zipkin('c')]), { limits, windows, maxSpans: 1 });
    expect(many).toMatchObject({ code: 'input-too-large', message: expect.stringMatching(/^traces\.incident: /) });
  });

  it('is read all the same inside what Grafana wraps around it', async () => {
    const id = '5b8efff798038103d269b633813fc60c';
    const span = {
      traceId: id,
      spanId: id.slice(16),
      startTimeUnixNano: `${START}000`,
      endTimeUnixNano: `${START}500`,
    };
    const resourceSpans = [{ resource: {}, scopeSpans: [{ spans: [span] }] }];
    for (const name of ['resourceSpans', 'batches']) {
      const { windows } = await read(JSON.stringify({ data: { [name]: resourceSpans } }), { limits });
      expect(windows.incident).toEqual(parseTraces({ resourceSpans }));
      expect(parseTraces({ data: { [name]: resourceSpans } })).toEqual(windows.incident);
    }
  });
});

describe('what is no JSON', () => {
  test.each([
    ['<!DOCTYPE html><title>secret</title>', 'looks like an HTML page'],
    ['\n  <html>secret', 'looks like an HTML page'],
    ['traceID,secret\n1,2', 'looks like CSV or other text'],
    ['span,secret', 'looks like CSV or other text'],
    ['---\nsecret: 1', 'looks like CSV or other text'],
    ['"traceID","secret"\n', 'if it is CSV'],
    ['{"data":secret}', 'not JSON:'],
    ['[secret', 'not JSON:'],
  ])('%j: says what it looks like by its first byte, and shows nothing of it', async (body, hint) => {
    for (const [, limits] of WAYS) {
      const { message } = await errorOf(body, { limits });
      if (limits === WAYS[0][1]) expect(message).toContain(hint);
      expect(message).not.toContain('secret');
    }
  });
});

describe('a byte order mark at the start', () => {
  const marked = `\ufeff${JSON.stringify({ data: [] })}`;
  test.each([1, 2, 3, 4, 1000])('is none, in chunks of %d', async (chunk) => {
    for (const [, limits] of WAYS) {
      for (const encoding of ['auto', 'identity'] as const)
        expect((await read(marked, { chunk, limits, encoding })).windows.incident?.format).toBe('jaeger');
      expect((await read(gzipSync(marked), { chunk, limits })).windows.incident?.format).toBe('jaeger');
      const inBody = read(`\ufeff${JSON.stringify({ incident: [] })}`, {
        chunk,
        limits,
        windows: { incident: ['incident'] },
      });
      expect((await inBody).windows.incident?.format).toBe('zipkin');
    }
  });
});

describe('problems that are all alike', () => {
  it('are three, and how many there are', () => {
    const spans = Array.from({ length: 50 }, (_, n) => zipkin(`${n}`, { timestamp: START / 1000 + n }));
    const error = (() => {
      try {
        parseTraces(spans);
      } catch (thrown) {
        if (isPrecedentError(thrown)) return thrown;
      }
      throw new Error('nothing was thrown');
    })();
    expect(error.problems).toHaveLength(3);
    expect(error.message).toContain('(50 are like this)');
  });

  it('are not mistaken for others', async () => {
    const spans = Array.from({ length: 6 }, (_, n) => zipkin(`${n}`, n === 5 ? { duration: 'x' } : { timestamp: 'x' }));
    const error = await errorOf(JSON.stringify(spans));
    expect(error.problems).toHaveLength(6);
    expect(error.message).not.toContain('like this');
  });
});
