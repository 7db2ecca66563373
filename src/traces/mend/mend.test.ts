import { describe, expect, it, test } from 'vitest';
import { isPrecedentError } from '../../domain/errors.ts';
import type { Span } from '../../domain/trace.ts';
import { parseTraces } from '../parse.ts';
import { buildForest } from '../span-forest.ts';
import { mendSpans } from './mend.ts';

const NOW = 1_767_225_600_000_000;
const DAY = 24 * 3600 * 1e6;

const span = (spanId: string, fields: Partial<Span> = {}): Span => ({
  traceId: 't',
  spanId,
  service: 'web',
  operation: 'GET /',
  kind: 'internal',
  startUs: NOW,
  durationUs: 100,
  isError: false,
  ...fields,
});

const mend = (...spans: readonly Span[]) => mendSpans(spans, 'jaeger');
const idsOf = (spans: readonly Span[]) => spans.map((each) => each.spanId);

const errorOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (isPrecedentError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('times in another unit', () => {
  const zipkin = (timestamp: number) =>
    [0, 1, 2].map((at) => ({ traceId: 't', id: `s${at}`, timestamp: timestamp + at, duration: 5 }));
  const otlp = (nano: number) => ({
    resourceSpans: [
      { scopeSpans: [{ spans: [{ traceId: 't', spanId: 'a', startTimeUnixNano: nano, endTimeUnixNano: nano + 5 }] }] },
    ],
  });

  test.each([
    ['seconds; send microseconds', zipkin(NOW / 1e6)],
    ['milliseconds; send microseconds', zipkin(NOW / 1e3)],
    ['nanoseconds; send microseconds', zipkin(NOW * 1e3)],
    ['microseconds; send nanoseconds', otlp(NOW)],
    ['milliseconds; send nanoseconds', otlp(NOW / 1e3)],
  ])('%s', (message, body) => {
    const error = errorOf(() => parseTraces(body));
    expect(error).toMatchObject({ code: 'trace-invalid', message: expect.stringContaining(message) });
    expect(error.problems[0]?.path).toMatch(/^span (?:s0|a)$/);
    expect(error.problems[0]?.message).toContain('2026');
  });

  test.each([
    ['milliseconds', { startUs: NOW / 1e3, durationUs: 0.1 }],
    ['seconds', { startUs: NOW / 1e6, durationUs: 0.0001 }],
    ['nanoseconds', { startUs: NOW * 1e3, durationUs: 100_000 }],
  ])('one service among others in %s is converted', (_, times) => {
    const { spans, repairs } = mend(span('a'), span('b'), span('c', times));
    expect(repairs).toEqual({ 'wrong-unit': 1 });
    expect(spans[2]?.startUs).toBeCloseTo(NOW);
    expect(spans[2]?.durationUs).toBeCloseTo(100);
  });

  it('leaves times alone that begin at nought, as a simulation has them', () => {
    const spans = [span('a', { startUs: 0 }), span('b', { startUs: 5e6 }), span('c', { startUs: 900e6 })];
    expect(mend(...spans)).toEqual({ spans, repairs: {} });
  });
});

describe('clocks', () => {
  it('a trace whose clock was never set is moved to the middle of the window, and counted', () => {
    const { spans, repairs } = mend(
      span('a'),
      span('b', { traceId: 'u', startUs: NOW + 10 }),
      span('c', { traceId: 'v', startUs: 5e6 }),
      span('d', { traceId: 'v', startUs: 5e6 + 20, parentId: 'c', durationUs: 10 }),
    );
    expect(repairs).toEqual({ 'stray-clock': 1 });
    expect((spans[3]?.startUs ?? 0) - (spans[2]?.startUs ?? 0)).toBe(20);
    expect(spans[2]?.startUs).toBeGreaterThanOrEqual(NOW);
  });

  it('a callee that starts days after its caller is moved into it', () => {
    const { spans, repairs } = mend(
      span('a'),
      span('b', { parentId: 'a', service: 'db', startUs: NOW + 3 * DAY, durationUs: 60 }),
    );
    expect(repairs).toEqual({ 'clock-skew': 1 });
    expect(spans[1]?.startUs).toBe(NOW + 20);
  });

  it('a consumer may come days after its producer', () => {
    const late = span('b', { parentId: 'a', service: 'mail', kind: 'consumer', startUs: NOW + 3 * DAY });
    expect(mend(span('a', { kind: 'producer' }), late).repairs).toEqual({});
  });
});

describe('identities', () => {
  it('keeps spans in the order they came', () => {
    expect(idsOf(mend(span('b'), span('a', { kind: 'client' }), span('c')).spans)).toEqual(['b', 'a', 'c']);
  });

  it('keeps ids apart that only repeat in another trace', () => {
    expect(mend(span('a'), span('a', { traceId: 'u' })).repairs).toEqual({});
  });

  it('keeps the client of three under one id, its server, and not the third', () => {
    const { spans, repairs } = mend(
      span('a', { kind: 'server', service: 'db' }),
      span('a', { kind: 'client' }),
      span('a', { kind: 'server', service: 'db' }),
    );
    expect(repairs).toEqual({ 'shared-span-id': 1, 'duplicate-span': 1 });
    expect(idsOf(spans)).toEqual(['a:server', 'a']);
  });

  it('gives no server half an id that is taken', () => {
    const { spans } = mend(
      span('a', { kind: 'client' }),
      span('a', { kind: 'server', service: 'db' }),
      span('a:server'),
    );
    expect(idsOf(spans)).toEqual(['a', 'a:server']);
  });
});

it('the forest of mended spans has the ties that their ids say', () => {
  const { spans } = mend(
    span('a', { parentId: 'c' }),
    span('b', { parentId: 'a' }),
    span('c', { parentId: 'b' }),
    span('d', { parentId: 'gone' }),
    span('e', { parentId: 'd' }),
  );
  expect([...buildForest(spans).parents]).toEqual([...buildForest([...spans]).parents]);
  expect([...buildForest(spans).parents]).toEqual([-1, 0, 1, -1, 3]);
});

it('a chain of 100,000 spans neither recurses nor takes long', () => {
  const chain = Array.from({ length: 100_000 }, (_, at) => span(`${at}`, { parentId: `${(at + 1) % 100_000}` }));
  expect(mend(...chain.slice(0, 10)).repairs).toEqual({ 'orphan-span': 1 });
  expect(mendSpans(chain, 'jaeger').repairs).toEqual({ cycle: 1 });
});
