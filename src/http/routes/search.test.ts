import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SearchResponse } from '../../domain/evidence.ts';
import { postJson, type Served, serve } from '../__fixtures__/serve.ts';

let served: Served;
beforeAll(async () => {
  // Scores decay with age, so equal answers need one moment.
  const now = new Date('2026-10-17T06:00:00Z');
  served = await serve({}, { now: () => now });
  await served.app.ingest();
});
afterAll(() => served[Symbol.asyncDispose]());

test('a question finds documents with a breakdown of each score', async () => {
  const response = await postJson(`${served.url}/v1/search`, { query: 'pre-processor latency', k: 3 });
  const { results } = SearchResponse.parse(await response.json());
  expect(results).toHaveLength(3);
  expect(Object.keys(results[0]!.scores)).not.toEqual([]);
});

test('GET asks the same as POST', async () => {
  const query = new URLSearchParams({ q: 'queue backlog', k: '4', kinds: 'incident,runbook', services: 'ensemble' });
  const asked = await fetch(`${served.url}/v1/search?${query}`);
  const posted = await postJson(`${served.url}/v1/search`, {
    query: 'queue backlog',
    k: 4,
    kinds: ['incident', 'runbook'],
    services: ['ensemble'],
  });
  const found = SearchResponse.parse(await asked.json());
  expect(found.results.length).toBeGreaterThan(0);
  expect(found).toEqual(await posted.json());
});

test('lists may be given by commas or by repeating the name', async () => {
  const byCommas = await fetch(`${served.url}/v1/search?q=latency&kinds=incident,%20service`);
  const byName = await fetch(`${served.url}/v1/search?q=latency&kinds=incident&kinds=service`);
  expect(byName.status).toBe(200);
  expect(await byName.json()).toEqual(await byCommas.json());
});

test('a list left blank was not given', async () => {
  const plain = await fetch(`${served.url}/v1/search?q=latency`);
  const blank = await fetch(`${served.url}/v1/search?q=latency&services=&categories=,&kinds=`);
  const found = SearchResponse.parse(await plain.json());
  expect(found.results.length).toBeGreaterThan(0);
  expect(await blank.json()).toEqual(found);
});

test('naming a kind many times costs and changes nothing', async () => {
  const once = await postJson(`${served.url}/v1/search`, { query: 'latency', kinds: ['incident'] });
  const often = await fetch(`${served.url}/v1/search?q=latency&kinds=incident,incident,incident`);
  expect(await often.json()).toEqual(await once.json());
  const endless = { query: 'latency', kinds: Array.from({ length: 20_000 }, () => 'incident') };
  expect((await postJson(`${served.url}/v1/search`, endless)).status).toBe(400);
});

test('a body may be sent with gzip', async () => {
  const response = await fetch(`${served.url}/v1/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', 'content-encoding': 'gzip' },
    body: new Uint8Array(gzipSync(JSON.stringify({ query: 'latency' }))),
  });
  expect(response.status).toBe(200);
});

test('unknown fields are ignored, prototype keys included', async () => {
  const response = await fetch(`${served.url}/v1/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"latency","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"more":1}',
  });
  expect(response.status).toBe(200);
  expect({}).not.toHaveProperty('polluted');
});

test('HEAD answers like GET, without the body', async () => {
  const response = await fetch(`${served.url}/v1/search?q=latency`, { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('');
});

test('a question by GET may leave out parts and keep to what was known', async () => {
  const ask = (parameters: string) => fetch(`${served.url}/v1/search?q=latency&${parameters}`);
  const { results } = (await (await ask('without=dense,decay')).json()) as { results: { scores: object }[] };
  for (const { scores } of results) {
    expect(scores).not.toHaveProperty('dense');
    expect(scores).not.toHaveProperty('decay');
  }
  expect(await (await ask('kinds=incident&asOf=2000-01-01T00:00:00Z')).json()).toMatchObject({ results: [] });
  expect((await ask('asOf=yesterday')).status).toBe(400);
  expect((await ask('without=fairy')).status).toBe(400);
});
