import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureOwnTimes } from '../../diagnose/digest/own-time.ts';
import type { Span } from '../../domain/trace.ts';
import { buildForest } from '../span-forest.ts';
import { mendSpans } from './mend.ts';

const NOW = 1_767_225_600_000_000;

/** What one request leaves: web calls shop for `workUs` and more, shop calls db. */
type Kinds = readonly [caller: Span['kind'], callee: Span['kind']];
const TOLD: Kinds = ['client', 'server'];
const UNTOLD: Kinds = ['internal', 'internal'];

function traceOf(number: number, workUs: number, wireUs: number, [caller, callee]: Kinds): Span[] {
  const root = NOW + number * 1e6;
  const at = (spanId: string, service: string, depth: number, kind: Span['kind'], parentId?: string): Span => ({
    traceId: `t${number}`,
    spanId,
    ...(parentId === undefined ? {} : { parentId }),
    service,
    operation: `${service}-${spanId}`,
    kind,
    startUs: root + depth * wireUs,
    durationUs: workUs + 2 * (4 - depth) * wireUs,
    isError: false,
  });
  return [
    at('a', 'web', 0, callee),
    at('b', 'web', 1, caller, 'a'),
    at('c', 'shop', 2, callee, 'b'),
    at('d', 'shop', 3, caller, 'c'),
    at('e', 'db', 4, callee, 'd'),
  ];
}

const turn = (spans: readonly Span[], byUs: (span: Span) => number) =>
  spans.map((span) => ({ ...span, startUs: span.startUs + byUs(span) }));
const mend = (spans: readonly Span[]) => mendSpans(spans, 'jaeger');
const ownTimesOf = (spans: readonly Span[]) => [...measureOwnTimes(buildForest(mend(spans).spans))];
const windowOf = (traces: number, kinds: Kinds = UNTOLD, wireUs = 500) =>
  Array.from({ length: traces }, (_, number) =>
    traceOf(number, 5000 + ((number * 37) % 11) * 1000, wireUs, kinds),
  ).flat();
/** A callee that begins in its caller or after it, and ends later, for reasons of its own. */
const runOn = (number: number, startUs: number, durationUs: number): Span[] =>
  traceOf(number, 20_000, 500, UNTOLD)
    .slice(0, 1)
    .flatMap((caller) => [
      caller,
      { ...caller, spanId: 'job', parentId: 'a', service: 'mail', startUs: caller.startUs + startUs, durationUs },
    ]);

describe('one clock that is wrong', () => {
  const cases = fc.record({
    service: fc.constantFrom('web', 'shop', 'db'),
    offsetUs: fc.integer({ min: -1e10, max: 1e10 }),
    traces: fc.integer({ min: 5, max: 30 }),
    kinds: fc.constantFrom(TOLD, UNTOLD),
  });

  it('changes nobody’s own time by more than the wire takes, whether or not spans say their kind', () => {
    fc.assert(
      fc.property(cases, ({ service, offsetUs, traces, kinds }) => {
        const right = windowOf(traces, kinds);
        const wrong = turn(right, (span) => (span.service === service ? offsetUs : 0));
        const expected = ownTimesOf(right);
        for (const [index, own] of ownTimesOf(wrong).entries()) {
          expect(Math.abs(own - (expected[index] ?? 0))).toBeLessThanOrEqual(1000);
        }
      }),
    );
  });

  it('keeps durations, order and ties', () => {
    fc.assert(
      fc.property(cases, ({ service, offsetUs, traces, kinds }) => {
        const wrong = turn(windowOf(traces, kinds), (span) => (span.service === service ? offsetUs : 0));
        const still = ({ startUs: _, ...rest }: Span) => rest;
        expect(mend(wrong).spans.map(still)).toEqual(wrong.map(still));
      }),
    );
  });

  it('is turned by the same for all calls, and counted for each of them and not for what moves along', () => {
    const right = windowOf(20);
    const wrong = turn(right, ({ service }) => (service === 'web' ? 0 : 3e6));
    const { spans, repairs } = mend(wrong);
    expect(repairs).toEqual({ 'clock-skew': 20 });
    const shifts = new Set(spans.map((span, index) => span.startUs - (wrong[index]?.startUs ?? 0)));
    expect(shifts.size).toBe(2);
  });

  it('is known from the other calls where a single trace would not tell', () => {
    const late = (span: Span) => (span.service === 'db' ? 3e6 : 0);
    expect(mend(turn(windowOf(1), late)).repairs).toEqual({});
    expect(mend(turn(windowOf(5), late)).repairs).toEqual({ 'clock-skew': 5 });
  });
});

describe('more than two clocks', () => {
  it('each trace goes by the clock that it met', () => {
    const right = windowOf(30);
    const wrong = turn(right, ({ service, traceId }) => {
      if (service !== 'db') return 0;
      return [-2e6, 40_000, 5e6][Number(traceId.slice(1)) % 3] ?? 0;
    });
    const expected = ownTimesOf(right);
    for (const [index, own] of ownTimesOf(wrong).entries()) expect(own).toBeCloseTo(expected[index] ?? 0, 0);
  });

  it('one instance among many with a wrong clock leaves the others where they are', () => {
    const wrong = turn(windowOf(30), ({ service, traceId }) => (service === 'db' && traceId === 't7' ? -2e6 : 0));
    expect(mend(wrong).repairs).toEqual({ 'clock-skew': 1 });
  });
});

describe('right clocks', () => {
  it('leave every span where it is', () => {
    const spans = windowOf(30, TOLD);
    expect(mend(spans)).toEqual({ spans, repairs: {} });
  });

  it('a callee that runs on after its caller is no reason to turn any', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 6000, max: 60_000 }), { minLength: 1, maxLength: 40 }), (durations) => {
        const spans = durations.flatMap((durationUs, number) => runOn(number, 19_000, durationUs));
        expect(mend(spans).repairs).toEqual({});
      }),
    );
  });

  it('a callee that waited in a queue for as long as the queue was is no reason either', () => {
    const lag = (number: number) => 25_000 + ((number * 7919) % 97) * 4000;
    const spans = Array.from({ length: 40 }, (_, number) => runOn(number, lag(number), 5000)).flat();
    expect(mend(spans).repairs).toEqual({});
  });

  it('consumers stay where they are, however late they all come', () => {
    const spans = windowOf(20).map((span): Span => (span.service === 'db' ? { ...span, kind: 'consumer' } : span));
    const late = turn(spans, ({ service }) => (service === 'db' ? 3e6 : 0));
    expect(mend(late)).toEqual({ spans: late, repairs: {} });
  });
});

describe('a span without a time of its own', () => {
  const span = (spanId: string, parentId: string | undefined, service: string, startUs: number): Span => ({
    traceId: 't',
    spanId,
    ...(parentId === undefined ? {} : { parentId }),
    service,
    operation: 'work',
    kind: 'internal',
    startUs,
    durationUs: 100,
    isError: false,
  });
  const startsOf = (spans: readonly Span[]) => spans.map(({ startUs }) => startUs);

  it('starts where its caller on the same service does, and is counted; what it calls stays', () => {
    const spans = [
      span('a', undefined, 'web', NOW),
      span('b', 'a', 'web', 0),
      span('c', 'b', 'web', NOW + 30),
      span('d', 'b', 'web', 0),
      span('e', 'd', 'db', NOW + 50),
    ];
    const mended = mend(spans);
    expect(startsOf(mended.spans)).toEqual([NOW, NOW, NOW + 30, NOW, NOW + 50]);
    expect(mended.repairs).toEqual({ 'stray-clock': 2 });
  });

  it('keeps the turned clock of its host for what it calls', () => {
    const turned = NOW - 400 * 24 * 3600 * 1e6;
    const spans = [
      span('a', undefined, 'web', NOW),
      span('b', 'a', 'shop', turned),
      span('c', 'b', 'shop', 0),
      span('d', 'c', 'shop', turned + 40),
    ];
    const mended = mend(spans);
    expect(startsOf(mended.spans)).toEqual([NOW, NOW, NOW, NOW + 40]);
    expect(mended.repairs).toEqual({ 'clock-skew': 1, 'stray-clock': 1 });
  });

  it('takes nobody with it when it is the first of its trace', () => {
    const others = windowOf(9);
    const spans = [...others, span('a', undefined, 'web', 0), span('b', 'a', 'web', NOW + 30)];
    const mended = mend(spans);
    expect(mended.spans.at(-1)?.startUs).toBe(NOW + 30);
    expect(mended.repairs['stray-clock']).toBe(1);
  });

  it('is none where all times begin near zero', () => {
    const spans = [span('a', undefined, 'web', 50), span('b', 'a', 'web', 0)];
    expect(mend(spans)).toMatchObject({ spans, repairs: {} });
  });
});
