import { expect, it } from 'vitest';
import { failsWith, hangs, sendsText } from '../testing/scripted-llm.ts';
import { startScriptedTempo } from '../testing/scripted-tempo.ts';
import { createTempoTraceSource } from './tempo-trace-source.ts';
import { buildTrace, describeTraceSource, FROM, TO, traceIdsOf } from './trace-source.contract.ts';

const iso = (seconds: string | null) => new Date(Number(seconds) * 1000).toISOString();

describeTraceSource({
  name: 'Tempo',
  start: startScriptedTempo,
  create: createTempoTraceSource,
  tenantHeader: 'x-scope-orgid',
  readSearch: ({ path, query }) =>
    path === '/api/search'
      ? {
          service: String(JSON.parse(query.get('q')?.match(/"(?:[^"\\]|\\.)*"/)?.[0] ?? '""')),
          from: iso(query.get('start')),
          to: iso(query.get('end')),
          limit: Number(query.get('limit')),
        }
      : undefined,
});

const MANY = Array.from({ length: 30 }, (_, index) => buildTrace(index + 1, index));

const ask = (url: string, { services = ['web'], timeoutMs = 2_000 } = {}) =>
  createTempoTraceSource({ url, limit: 200, timeoutMs }).fetchTraces(
    { services, from: FROM, to: TO },
    AbortSignal.timeout(5_000),
  );

it('asks for some traces side by side, never for more than eight', async () => {
  await using store = await startScriptedTempo(MANY, { delayMs: 5 });
  expect(await traceIdsOf(ask(store.url))).toHaveLength(30);
  expect(store.mostAtOnce()).toBeGreaterThan(4);
  expect(store.mostAtOnce()).toBeLessThanOrEqual(8);
});

it('asks once for a trace through two services', async () => {
  await using store = await startScriptedTempo([buildTrace(1, 0)]);
  await traceIdsOf(ask(store.url, { services: ['web', 'db'] }));
  expect(store.requests.map(({ path }) => path).filter((path) => path.startsWith('/api/v2/traces/'))).toHaveLength(1);
});

it('asks an older Tempo by the older path, and remembers that', async () => {
  await using store = await startScriptedTempo(MANY, { isOld: true });
  expect(await traceIdsOf(ask(store.url))).toHaveLength(30);
  expect(store.requests.filter(({ path }) => path.startsWith('/api/v2/')).length).toBeLessThanOrEqual(8);
});

it('limits where a trace is looked for, with room around the window', async () => {
  await using store = await startScriptedTempo([buildTrace(1, 0)]);
  await traceIdsOf(ask(store.url));
  const { query } = store.requests.at(-1) ?? {};
  expect(Number(query?.get('start'))).toBeLessThan(FROM.getTime() / 1000);
  expect(Number(query?.get('end'))).toBeGreaterThan(TO.getTime() / 1000);
});

it('a trace that is gone, empty or too large for its store is left out', async () => {
  await using store = await startScriptedTempo([1, 2, 3, 4].map((number) => buildTrace(number, number)));
  store.always(/0001$/, failsWith(404, 'trace not found'));
  store.always(/0002$/, sendsText('{"trace":{},"metrics":{"inspectedBytes":"123456789"}}', 'application/json'));
  store.always(/0003$/, failsWith(422, 'trace exceeds max size'));
  expect(await traceIdsOf(ask(store.url))).toEqual([(4).toString(16).padStart(32, '0')]);
});

it('when no trace can be had, says why', async () => {
  await using store = await startScriptedTempo(MANY);
  store.always(/v2/, failsWith(500, 'the backend is away'));
  await expect(traceIdsOf(ask(store.url))).rejects.toThrow('the backend is away');
});

it('a window is what has come when most of its time is over', async () => {
  await using store = await startScriptedTempo([1, 2, 3].map((number) => buildTrace(number, number)));
  store.always(/0002$/, hangs());
  const start = performance.now();
  expect(await traceIdsOf(ask(store.url, { timeoutMs: 400 }))).toHaveLength(2);
  expect(performance.now() - start).toBeLessThan(390);
});

it('takes the services in turn, so that what has come is of all of them', async () => {
  const traces = [...MANY, ...MANY.map((_, index) => buildTrace(index + 101, index, 'orders', 'queue'))];
  await using store = await startScriptedTempo(traces);
  await traceIdsOf(ask(store.url, { services: ['web', 'orders'] }));
  const first = store.requests.filter(({ path }) => path.startsWith('/api/v2/')).slice(0, 16);
  // Requests that leave together arrive in any order.
  expect(first.filter(({ path }) => Number.parseInt(path.slice(-4), 16) > 100).length).toBeGreaterThan(4);
});

it('finds out by another path whether it is there when a gateway keeps the echo back', async () => {
  await using store = await startScriptedTempo();
  store.always(/echo/, failsWith(404, ''));
  const source = createTempoTraceSource({ url: store.url, limit: 1, timeoutMs: 1_000 });
  await source.ping(AbortSignal.timeout(2_000));
  expect(store.requests.map(({ path }) => path)).toEqual(['/api/echo', '/ready']);
});
