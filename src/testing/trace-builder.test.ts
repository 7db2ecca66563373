import { describe, expect, it } from 'vitest';
import { buildJaegerTraces, type JaegerSpanJson } from './trace-builder.ts';
import type { Fault, ServiceCall, WindowPlan } from './trace-plan.ts';

const database: ServiceCall = { service: 'database', operation: 'query', ownMs: 10 };
const shop: ServiceCall = { service: 'shop', operation: 'order', ownMs: 4, calls: [database], through: 'call-shop' };
const web: ServiceCall = { service: 'web', operation: 'GET /order', ownMs: 2, calls: [shop] };

function spansOf(plan: Partial<WindowPlan>, operation: string): JaegerSpanJson[] {
  const startsAt = new Date('2026-01-01T00:00:00Z');
  const { data } = buildJaegerTraces({ seed: 1, root: web, traces: 200, startsAt, ...plan });
  return data.flatMap(({ spans }) => spans.filter((span) => span.operationName === operation));
}
const durations = (plan: Partial<WindowPlan>, operation: string) =>
  spansOf(plan, operation).map((span) => span.duration);
const largest = (values: readonly number[]) => Math.max(...values);
const errorsOf = (spans: readonly JaegerSpanJson[]) =>
  spans.filter(({ tags }) => tags.some(({ key }) => key === 'error'));

describe('a made-up window', () => {
  it('has requests that come in clumps, as many a second as was asked for', () => {
    const starts = spansOf({ arrivals: 'random', rate: 10, traces: 2000 }, 'GET /order').map((span) => span.startTime);
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    expect(largest(starts) - Math.min(...starts)).toBeGreaterThan(185e6);
    expect(largest(starts) - Math.min(...starts)).toBeLessThan(215e6);
    // exp(-1) of the gaps of a Poisson process are longer than the mean.
    expect(gaps.filter((gap) => gap > 100_000).length / gaps.length).toBeCloseTo(Math.exp(-1), 1);
  });

  it('has a queue where a service has too few workers, in that service’s own time', () => {
    const busy = { arrivals: 'random', rate: 90 } as const;
    expect(largest(durations({ ...busy, workers: { database: 8 } }, 'query'))).toBeLessThan(30_000);
    expect(largest(durations({ ...busy, workers: { database: 1 } }, 'query'))).toBeGreaterThan(40_000);
    expect(largest(durations({ ...busy, rate: 1, workers: { database: 1 } }, 'query'))).toBeLessThan(40_000);
  });

  it('tries calls again where calls fail by themselves, and gives up after as many as were asked for', () => {
    const faults: Fault[] = [{ kind: 'flaky', service: 'shop', failShare: 0.5 }];
    const calls = (plan: Partial<WindowPlan>) => spansOf({ faults, ...plan }, 'order').length / 200;
    expect(calls({})).toBe(1);
    expect(calls({ attempts: { shop: 3 } })).toBeCloseTo(1.75, 0);
    expect(calls({ attempts: { shop: 3 }, faults: [{ kind: 'error', service: 'shop' }] })).toBe(3);
  });

  it('has callers that give up, while those they called go on', () => {
    const faults: Fault[] = [{ kind: 'latency', service: 'database', addMs: 1000 }];
    const plan = { faults, deadline: { service: 'web', ms: 200 } };
    expect(largest(durations(plan, 'GET /order'))).toBeLessThan(220_000);
    expect(Math.min(...durations(plan, 'query'))).toBeGreaterThan(500_000);
    expect(errorsOf(spansOf(plan, 'GET /order'))).toHaveLength(200);
    expect(errorsOf(spansOf(plan, 'order'))).toEqual([]);
  });

  it('has services that keep silent when they fail', () => {
    const plan: Partial<WindowPlan> = { faults: [{ kind: 'error', service: 'database' }], silent: ['shop'] };
    expect(errorsOf(spansOf(plan, 'query'))).toHaveLength(200);
    expect(errorsOf(spansOf(plan, 'order'))).toEqual([]);
    expect(errorsOf(spansOf(plan, 'GET /order'))).toHaveLength(200);
  });

  it('spares requests that began before the fault did', () => {
    const since = new Date('2026-01-01T00:01:40Z');
    const spans = spansOf({ faults: [{ kind: 'latency', service: 'database', addMs: 1000, since }] }, 'query');
    for (const span of spans) expect(span.duration > 500_000).toBe(span.startTime >= since.getTime() * 1000);
  });
});
