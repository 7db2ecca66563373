import { describe, expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import { alertGroupOf, DiagnosisRequest } from '../domain/request.ts';
import type { TraceAnalysis } from '../domain/trace-analysis.ts';
import { fetchTraces, type TraceFetch, type TraceFetchQuery } from './fetch-traces.ts';
import { normalise } from './normalise.ts';

const NOW = new Date('2026-03-31T18:00:00Z');
const ALERT = { labels: { alertname: 'Slow', service: 'checkout' }, startsAt: '2026-03-31T12:00:00Z' };

const ANALYSIS: TraceAnalysis = {
  baseline: 'none',
  windows: {
    baseline: null,
    incident: { from: '2026-03-31T11:55:00.000Z', to: '2026-03-31T12:05:00.000Z', traces: 1, spans: 2 },
  },
  candidates: [],
  calls: [],
  entries: ['checkout'],
  shapes: [],
  signals: [],
  repairs: {},
  repaired: 0,
};

/** A store that says what it is told to and keeps what it was asked. */
function createStore(say: () => Promise<TraceAnalysis | undefined> = async () => ANALYSIS) {
  const queries: TraceFetchQuery[] = [];
  const store: TraceFetch = {
    name: 'jaeger',
    windows: { windowSeconds: 600, baselineGapSeconds: 600 },
    read: (query) => {
      queries.push(query);
      return say();
    },
  };
  return { store, queries };
}

async function ask(
  store: TraceFetch | undefined,
  body: object,
  { known = [] as string[], analysis }: { known?: string[]; analysis?: TraceAnalysis } = {},
) {
  const request = DiagnosisRequest.parse(body);
  const knownServices = new Map(known.map((name) => [name.toLowerCase(), name]));
  const asOf = request.asOf === undefined ? undefined : new Date(request.asOf);
  const situation = normalise(alertGroupOf(request), { knownServices, asOf });
  const question = { ...request, ...(analysis ? { analysis } : {}) };
  return fetchTraces(question, situation, { ...(store ? { fetchTraces: store } : {}), now: () => NOW }, undefined);
}

describe('traces that nobody brought', () => {
  it('are asked for around the start of the alert, and the answer says which were', async () => {
    const { store, queries } = createStore();
    const fetched = await ask(store, { alert: ALERT });
    expect(fetched.analysis).toBe(ANALYSIS);
    expect(fetched.missing).toBeUndefined();
    expect(fetched.asked).toEqual({
      source: 'jaeger',
      services: ['checkout'],
      baseline: { from: '2026-03-31T11:35:00.000Z', to: '2026-03-31T11:45:00.000Z' },
      incident: { from: '2026-03-31T11:55:00.000Z', to: '2026-03-31T12:05:00.000Z' },
    });
    expect(queries).toHaveLength(1);
  });

  it('are only those of before asOf, to the span', async () => {
    const { store, queries } = createStore();
    await ask(store, { alert: ALERT, asOf: '2026-03-31T12:01:00Z' });
    expect(queries[0]?.incident.to).toEqual(new Date('2026-03-31T12:01:00Z'));
    expect(queries[0]?.asOf).toEqual(new Date('2026-03-31T12:01:00Z'));
  });

  it.each<[string, object, { analysis?: TraceAnalysis }?]>([
    ['traces came with the alert', { alert: ALERT }, { analysis: ANALYSIS }],
    ['a digest came with it', { alert: ALERT, traceDigest: { text: 'slow' } }],
    ['the caller wants none', { alert: ALERT, options: { traces: 'none' } }],
  ])('are not asked for when %s', async (_, body, options) => {
    const { store, queries } = createStore();
    expect(await ask(store, body, options)).toEqual({});
    expect(queries).toEqual([]);
  });

  it('are not missed where no store is configured', async () => {
    expect(await ask(undefined, { alert: ALERT })).toEqual({});
  });

  it.each([
    ['the alert names no service', { labels: { alertname: 'Slow' }, startsAt: ALERT.startsAt }],
    ['the alert does not say when it began', { labels: ALERT.labels }],
  ])('are not asked for when %s, and the answer says so', async (reason, alert) => {
    const { store, queries } = createStore();
    expect(await ask(store, { alert })).toEqual({ missing: `traces: not asked for, ${reason}` });
    expect(queries).toEqual([]);
  });

  it('are done without when the store fails, and the answer says why and what was asked', async () => {
    const { store } = createStore(async () => {
      throw new PrecedentError('traces-unavailable', 'Jaeger gave no traces: the connection was refused.');
    });
    const fetched = await ask(store, { alert: ALERT });
    expect(fetched).toMatchObject({
      missing: 'traces: Jaeger gave no traces: the connection was refused.',
      asked: { services: ['checkout'] },
    });
    expect(fetched.analysis).toBeUndefined();
  });

  it('are done without in one short line, whatever the reason quotes', async () => {
    const { store } = createStore(() => Promise.reject(new Error(`not JSON:\n${'x'.repeat(10_000)}`)));
    const { missing } = await ask(store, { alert: ALERT });
    expect(missing).toMatch(/^traces: not JSON: x{100}/);
    expect(missing?.length).toBeLessThan(320);
  });

  it('are done without when there are none, in words', async () => {
    const { store } = createStore(async () => undefined);
    expect((await ask(store, { alert: ALERT })).missing).toBe(
      'traces: jaeger has none through checkout from 2026-03-31T11:55:00.000Z to 2026-03-31T12:05:00.000Z',
    );
  });
});

describe('the services whose traces are asked for', () => {
  const servicesOf = async (labels: Record<string, string>, known: string[] = [], summary = '') => {
    const { store, queries } = createStore();
    await ask(store, { alert: { labels, annotations: { summary }, startsAt: ALERT.startsAt } }, { known });
    return queries[0]?.services;
  };

  it('are spelt as the labels spell them', async () => {
    expect(await servicesOf({ service: 'checkout' }, ['Checkout'])).toEqual(['checkout']);
  });

  it('need not be known to any document', async () => {
    expect(await servicesOf({ app: 'brand-new' })).toEqual(['brand-new']);
  });

  it('are those of pods and of the text too, as far as they are known', async () => {
    const known = ['checkout', 'db'];
    expect(await servicesOf({ pod: 'checkout-7d9f-x2x' }, known, 'waits for db and for nothing')).toEqual(known);
  });

  it('are three at most, those of the labels first', async () => {
    const known = ['a', 'b', 'c', 'd'];
    expect(await servicesOf({ service: 'orders' }, known, 'a b c d')).toEqual(['orders', 'a', 'b']);
  });
});
