import { expect, it } from 'vitest';
import { envelope, startScriptedJaeger } from '../testing/scripted-jaeger.ts';
import { failsWith, sendsText } from '../testing/scripted-llm.ts';
import { createJaegerTraceSource } from './jaeger-trace-source.ts';
import { buildTrace, describeTraceSource, FROM, TO, traceIdsOf } from './trace-source.contract.ts';

const iso = (microseconds: string | null) => new Date(Number(microseconds) / 1000).toISOString();

describeTraceSource({
  name: 'Jaeger',
  start: startScriptedJaeger,
  create: createJaegerTraceSource,
  tenantHeader: 'x-tenant',
  readSearch: ({ path, query }) =>
    path === '/api/traces'
      ? {
          service: query.get('service') ?? '',
          from: iso(query.get('start')),
          to: iso(query.get('end')),
          limit: Number(query.get('limit')),
        }
      : undefined,
});

const ask = (url: string, services = ['web']) =>
  createJaegerTraceSource({ url, limit: 2_000, timeoutMs: 2_000 }).fetchTraces(
    { services, from: FROM, to: TO },
    AbortSignal.timeout(2_000),
  );

it('an error that comes with status 200 is an error', async () => {
  await using store = await startScriptedJaeger();
  store.always(/./, failsWith(200, envelope(null, 'the storage is away')));
  await expect(traceIdsOf(ask(store.url))).rejects.toThrow('it failed ("the storage is away")');
});

it('what came in spite of an error counts', async () => {
  await using store = await startScriptedJaeger();
  store.always(/./, failsWith(200, envelope([buildTrace(1, 0)], 'one trace could not be read')));
  expect(await traceIdsOf(ask(store.url))).toHaveLength(1);
});

it('null is as empty as an empty list', async () => {
  await using store = await startScriptedJaeger();
  store.always(/./, sendsText('{"data":null,"total":0,"errors":null}', 'application/json'));
  expect(await traceIdsOf(ask(store.url))).toEqual([]);
});

it('gives a large answer as it comes, to the last byte', async () => {
  const traces = Array.from({ length: 1_500 }, (_, index) => buildTrace(index + 1, index / 3));
  await using store = await startScriptedJaeger(traces);
  const chunks: Uint8Array[] = [];
  for await (const chunk of ask(store.url)) chunks.push(chunk);
  expect(chunks.length).toBeGreaterThan(1);
  expect(Buffer.concat(chunks).toString('utf8')).toBe(JSON.stringify(envelope([...traces].reverse())));
});

it('asks for all services at once', async () => {
  await using store = await startScriptedJaeger([], { delayMs: 60 });
  await traceIdsOf(ask(store.url, ['web', 'db', 'orders']));
  expect(store.mostAtOnce()).toBe(3);
});
