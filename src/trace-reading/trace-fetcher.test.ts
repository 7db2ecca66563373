import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import type { TraceQuery } from '../domain/trace.ts';
import type { TraceAnalysis } from '../domain/trace-analysis.ts';
import type { TraceSource } from '../ports.ts';
import { createTraceFetch } from './trace-fetcher.ts';
import type { ReadTracesOptions, TraceReader } from './trace-reader.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 31, 12, minute));
const BASELINE = { from: at(0), to: at(10) };
const INCIDENT = { from: at(20), to: at(30) };
const QUERY = { services: ['web'], baseline: BASELINE, incident: INCIDENT };
const SETTINGS = { windowSeconds: 600, baselineGapSeconds: 600, timeoutMs: 200 };

// Nothing here looks into it.
const ANALYSIS = { baseline: 'compared' } as TraceAnalysis;

type Bytes = (query: TraceQuery, signal: AbortSignal) => AsyncGenerator<Uint8Array>;

/** A source that tells what it does when. */
function createSource(bytes: Bytes) {
  const log: string[] = [];
  const source: TraceSource = {
    name: 'scripted',
    async *fetchTraces(query, signal) {
      const window = query.from === BASELINE.from ? 'baseline' : 'incident';
      log.push(`${window} begun`);
      try {
        yield* bytes(query, signal);
      } finally {
        log.push(`${window} ended`);
      }
    },
    ping: async () => {},
  };
  return { source, log };
}

/** A reader that reads its bodies one after the other, and keeps them. */
function createReader(say: () => TraceAnalysis | undefined = () => ANALYSIS, startMs = 0, readMs = 0) {
  const bodies: { windows: object; text: string }[] = [];
  const asked: ReadTracesOptions[] = [];
  const reader: TraceReader = {
    async read(given, options) {
      asked.push(options);
      for (const { bytes, windows } of given) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of bytes) chunks.push(chunk);
        bodies.push({ windows, text: Buffer.concat(chunks).toString('utf8') });
      }
      await sleep(startMs + readMs);
      return { rest: [], analysis: say() };
    },
    warm: () => sleep(startMs),
    [Symbol.asyncDispose]: async () => {},
  };
  return { reader, bodies, asked };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const minuteOf: Bytes = async function* ({ from, to }) {
  yield bytesOf(`from ${from.getMinutes()} `);
  yield bytesOf(`to ${to.getMinutes()}`);
};
const hang = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('both windows', () => {
  it('reach the reader whole and each in its place, with the moment up to which spans count', async () => {
    const { reader, bodies, asked } = createReader();
    const fetch = createTraceFetch(createSource(minuteOf).source, reader, SETTINGS);
    expect(await fetch.read({ ...QUERY, asOf: at(25) })).toBe(ANALYSIS);
    expect(bodies).toEqual([
      { windows: { baseline: [] }, text: 'from 0 to 10' },
      { windows: { incident: [] }, text: 'from 20 to 30' },
    ]);
    expect(asked[0]?.asOf).toEqual(at(25));
  });

  it('may hold a trace once for every service that was asked about, and only then more than once', async () => {
    const { reader, asked } = createReader();
    const fetch = createTraceFetch(createSource(minuteOf).source, reader, SETTINGS);
    await fetch.read({ ...QUERY, services: ['web', 'db'] });
    await fetch.read(QUERY);
    expect(asked.map(({ mayRepeat }) => mayRepeat)).toEqual([true, false]);
  });

  it('are fetched side by side, though they are read one after the other', async () => {
    const { source, log } = createSource(async function* () {
      await new Promise((resolve) => setTimeout(resolve, 20));
      yield bytesOf('{}');
    });
    await createTraceFetch(source, createReader().reader, SETTINGS).read(QUERY);
    expect(log.slice(0, 2)).toEqual(['baseline begun', 'incident begun']);
  });

  it('are no answer when nothing passed in the incident window', async () => {
    const empty = () => {
      throw new PrecedentError('trace-invalid', 'no spans', { problems: [{ path: 'incident', message: 'no spans' }] });
    };
    const { source } = createSource(minuteOf);
    expect(await createTraceFetch(source, createReader(empty).reader, SETTINGS).read(QUERY)).toBeUndefined();
    const none = createReader(() => undefined).reader;
    expect(await createTraceFetch(source, none, SETTINGS).read(QUERY)).toBeUndefined();
  });
});

describe('what goes wrong', () => {
  it('is thrown as it was said, and the other window ends', async () => {
    const { source, log } = createSource(async function* ({ from }, signal) {
      if (from === BASELINE.from) throw new PrecedentError('traces-unavailable', 'it is away');
      yield bytesOf('{');
      await hang(signal);
    });
    await expect(createTraceFetch(source, createReader().reader, SETTINGS).read(QUERY)).rejects.toThrow('it is away');
    await expect.poll(() => log.filter((line) => line.endsWith('ended')).length).toBe(2);
  });

  it('is told of the source, when what it sent is no window', async () => {
    const refuse = () => {
      throw new PrecedentError('input-invalid', 'the body is not JSON: it ends too early');
    };
    const fetch = createTraceFetch(createSource(minuteOf).source, createReader(refuse).reader, SETTINGS);
    await expect(fetch.read(QUERY)).rejects.toThrow(
      expect.objectContaining({
        code: 'traces-unavailable',
        message: 'what scripted sent cannot be used: the body is not JSON: it ends too early',
      }),
    );
  });

  it.each<[string, Bytes]>([
    [
      'heeds its signal',
      async function* (_, signal) {
        yield await hang(signal);
      },
    ],
    [
      'heeds nothing',
      async function* () {
        yield await new Promise<never>(() => {});
      },
    ],
  ])('is a reason in words within the time there is, also for a source that %s', async (_, bytes) => {
    const fetch = createTraceFetch(createSource(bytes).source, createReader().reader, { ...SETTINGS, timeoutMs: 60 });
    const start = performance.now();
    await expect(fetch.read(QUERY)).rejects.toThrow(
      expect.objectContaining({ code: 'traces-unavailable', message: 'scripted took longer than 0.06 s' }),
    );
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('is not blamed on a source that has sent everything', async () => {
    const fetch = createTraceFetch(createSource(minuteOf).source, createReader(undefined, 0, 1_000).reader, SETTINGS);
    const message = 'scripted answered in time, but reading its traces took longer than 0.2 s';
    await expect(fetch.read(QUERY)).rejects.toThrow(expect.objectContaining({ code: 'traces-unavailable', message }));
  });

  it('is not the start of a thread, which costs the source none of its time, nor more than as much again', async () => {
    const { source } = createSource(minuteOf);
    const slow = createTraceFetch(source, createReader(undefined, 300).reader, SETTINGS);
    expect(await slow.read(QUERY)).toBe(ANALYSIS);
    const tooSlow = createTraceFetch(source, createReader(undefined, 2_000).reader, SETTINGS);
    const start = performance.now();
    await expect(tooSlow.read(QUERY)).rejects.toThrow('reading its traces took longer than');
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('ends with the signal of whoever asks', async () => {
    const leave = new AbortController();
    const { source } = createSource(async function* (_, signal) {
      yield await hang(signal);
    });
    const reading = createTraceFetch(source, createReader().reader, { ...SETTINGS, timeoutMs: 5_000 }).read(
      QUERY,
      leave.signal,
    );
    leave.abort(new Error('gone'));
    await expect(reading).rejects.toThrow('gone');
  });
});
