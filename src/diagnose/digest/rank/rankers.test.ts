import { describe, expect, it } from 'vitest';
import { buildServiceGraph, ServiceNode } from '../../../domain/topology.ts';
import { buildJaegerTraces } from '../../../testing/trace-builder.ts';
import type { Fault, ServiceCall, WindowPlan } from '../../../testing/trace-plan.ts';
import { parseTraces } from '../../../traces/parse.ts';
import { analyseTraces } from '../analyse.ts';
import { digestAnalysis, digestTraces } from '../digest.ts';
import { toRanking } from './ranked-service.ts';
import { rankByTopology } from './topology.ts';

/** web → orders → { stock → db, mail }; requests for prices pass web and prices only. */
const db: ServiceCall = { service: 'db', operation: 'query', ownMs: 5, through: 'HTTP GET' };
const stock: ServiceCall = { service: 'stock', operation: 'reserve', ownMs: 6, calls: [db], through: 'HTTP GET' };
const mail: ServiceCall = { service: 'mail', operation: 'send', ownMs: 4, through: 'HTTP GET' };
const orders: ServiceCall = {
  service: 'orders',
  operation: 'order',
  ownMs: 3,
  work: [{ operation: 'check', ms: 2 }],
  calls: [stock, mail],
  through: 'HTTP GET',
};
const prices: ServiceCall = { service: 'prices', operation: 'list', ownMs: 4, through: 'HTTP GET' };
const web: ServiceCall[] = [
  { service: 'web', operation: 'GET /order', ownMs: 2, calls: [orders] },
  { service: 'web', operation: 'GET /prices', ownMs: 2, calls: [prices] },
];

const windowOf = (seed: number, faults: readonly Fault[] = [], plan: Partial<WindowPlan> = {}) =>
  parseTraces(
    buildJaegerTraces({ seed, root: web, traces: 60, startsAt: new Date('2026-01-01T00:00:00Z'), faults, ...plan }),
  );
const suspectsOf = (faults: readonly Fault[], plan: Partial<WindowPlan> = {}) =>
  digestTraces(windowOf(1, [], plan), windowOf(2, faults, plan)).suspects;

/** The same calls by old instrumentation, which shows the called side only. */
function withoutClientSpans({ through: _, calls = [], ...call }: ServiceCall): ServiceCall {
  return { ...call, calls: calls.map(withoutClientSpans) };
}

describe('the breakdown', () => {
  it('says the place and the measure of every ranker that names the suspect', () => {
    const [culprit] = suspectsOf([{ kind: 'latency', service: 'stock', addMs: 80 }]);
    expect(culprit?.service).toBe('stock');
    expect(culprit?.rankings['own-time']).toMatchObject({ rank: 1 });
    expect(culprit?.rankings.spectrum).toMatchObject({ rank: 1 });
    expect(culprit?.rankings['page-rank']?.rank).toBeGreaterThanOrEqual(1);
    expect(culprit?.rankings.error).toBeUndefined();
    expect(culprit?.rankings.topology).toBeUndefined();
  });

  it('is silent about walks over traces where too few are abnormal', () => {
    const [culprit] = suspectsOf([{ kind: 'latency', service: 'stock', addMs: 900 }], { traces: 6 });
    expect(culprit?.service).toBe('stock');
    expect(culprit?.rankings['page-rank']).toBeUndefined();
  });

  it('is empty for a healthy window', () => {
    expect(suspectsOf([])).toEqual([]);
  });
});

describe('calls that get no answer', () => {
  const refused: Fault[] = [{ kind: 'drop', service: 'mail', timeoutMs: 900, share: 0.5 }];

  it('are charged to whom they were meant for, though all calls have the same name', () => {
    const [culprit] = suspectsOf(refused);
    expect(culprit?.service).toBe('mail');
    expect(culprit?.rankings.lost).toMatchObject({ rank: 1 });
  });

  it('are charged to whom they were meant for without client spans, too', () => {
    const root = web.map(withoutClientSpans);
    const [culprit] = suspectsOf(refused, { root });
    expect(culprit?.service).toBe('mail');
    expect(culprit?.rankings.error).toMatchObject({ rank: 1 });
  });

  it('are the consumer’s when it is a message that nobody takes', () => {
    const root: ServiceCall[] = [
      { service: 'web', operation: 'GET /order', ownMs: 2, calls: [{ ...mail, isAsync: true, through: 'publish' }] },
    ];
    const [culprit] = suspectsOf([{ kind: 'drop', service: 'mail', timeoutMs: 1, share: 0.7 }], { root });
    expect(culprit?.service).toBe('mail');
  });
});

describe('what an operation always did', () => {
  it('and now leaves out makes it suspect, even where few requests pass it', () => {
    const [culprit] = suspectsOf([{ kind: 'return', service: 'orders', share: 0.6 }], { traces: 24 });
    expect(culprit?.service).toBe('orders');
    expect(culprit?.reasons.join()).toMatch(/order without [\w ]+: 0 of \d+ → \d+ of \d+/);
  });

  it('says nothing of a caller that an error below it stopped', () => {
    const suspects = suspectsOf([{ kind: 'error', service: 'stock', share: 0.6 }]);
    expect(suspects.map(({ service }) => service)).toEqual(['stock']);
  });
});

describe('the way from the alerting service', () => {
  const calls = [
    { from: 'web', to: 'orders' },
    { from: 'orders', to: 'stock' },
    { from: 'stock', to: 'orders' },
  ];

  it('ranks the nearer first, along seen and declared calls, and nothing above it; cycles end', () => {
    const graph = buildServiceGraph([ServiceNode.parse({ name: 'stock', dependsOn: [{ service: 'db' }] })]);
    const ranking = rankByTopology({
      services: ['db', 'stock', 'web', 'orders'],
      calls,
      graph,
      alertingServices: ['orders'],
    });
    expect(ranking.map(({ service }) => service)).toEqual(['orders', 'stock', 'db']);
  });

  it('decides between suspects that are all but equal, and never against what spans say clearly', () => {
    const analysis = analyseTraces(
      windowOf(1),
      windowOf(2, [
        { kind: 'latency', service: 'stock', addMs: 300 },
        { kind: 'error', service: 'prices', share: 0.05 },
      ]),
    );
    const [first, ...others] = analysis.candidates;
    if (!first) throw new Error('no suspect');
    const near = { ...first, service: 'prices', score: 0.99 };
    const far = { ...first, service: 'prices', score: 0.6 };
    const order = (second: typeof near) =>
      digestAnalysis({ ...analysis, candidates: [first, second, ...others] }, { alertingServices: ['prices'] })
        .suspects;
    expect(order(near)[0]?.service).toBe('prices');
    expect(order(near)[0]?.rankings.topology).toEqual({ rank: 1, score: 1 });
    expect(order(near)[0]?.score).toBe(1);
    expect(order(far)[0]?.service).toBe(first.service);
  });
});

it('a ranking is best first, equals by name, without those that score nothing', () => {
  const scores = new Map([
    ['web', 1],
    ['db', 2],
    ['mail', 0],
    ['cart', 1],
  ]);
  expect(toRanking(scores).map(({ service }) => service)).toEqual(['db', 'cart', 'web']);
});
