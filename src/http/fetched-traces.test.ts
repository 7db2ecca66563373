import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROJECT_DIR } from '../config.ts';
import { Diagnosis } from '../domain/diagnosis.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../testing/knowledge-folder.ts';
import { createMemoryIndex } from '../testing/memory-index.ts';
import { startScriptedJaeger } from '../testing/scripted-jaeger.ts';
import { failsWith, hangs } from '../testing/scripted-llm.ts';
import { startScriptedTempo } from '../testing/scripted-tempo.ts';
import type { HeldTrace } from '../testing/scripted-trace-store.ts';
import { postJson, type Served, serve } from './__fixtures__/serve.ts';

function readExample<T>(path: string): T {
  // The examples are our own, and other tests look at what is in them.
  return JSON.parse(readFileSync(join(PROJECT_DIR, 'examples', path), 'utf8')) as T;
}

const ALERT = readExample<{ readonly startsAt: string }>('alerts/pre-processor-latency.json');
/** Before and during the incident, in one store as they would be. */
const TRACES = ['normal', 'spiked'].flatMap(
  (window) => readExample<{ readonly data: readonly HeldTrace[] }>(`traces/${window}.json`).data,
);

const KNOWLEDGE = {
  'runbooks/pre-processor/PreProcessorLatencyHigh.md': '# PreProcessorLatencyHigh\n\n## Meaning\n\nThe p95 is high.\n',
  'runbooks/web-server/WebServerLatencyHigh.md': '# WebServerLatencyHigh\n\n## Meaning\n\nThe p95 is high.\n',
};

const SETTINGS = {
  // The examples' windows are this far apart, and the second begins three minutes before the alert.
  TRACES_BASELINE_GAP_SECONDS: '1800',
  TRACES_WINDOW_SECONDS: '600',
  // A machine that is busy with other tests is no reason to answer without traces, or later.
  TRACES_TIMEOUT_MS: '60000',
  TIME_BUDGET_MS: '120000',
};

const minutesAfter = (minutes: number) => new Date(Date.parse(ALERT.startsAt) + minutes * 60_000);

let folder: KnowledgeFolder;
/** Stays open when one of its servers is closed. */
const index = { ...createMemoryIndex(), [Symbol.asyncDispose]: async () => {} };
beforeAll(async () => {
  folder = await createKnowledgeFolder(KNOWLEDGE);
  await using served = await open({});
  await served.app.ingest();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** All over one index: what is known is the same for all, and being published once is enough. */
function open(env: NodeJS.ProcessEnv): Promise<Served> {
  return serve({ ...SETTINGS, KNOWLEDGE_DIR: folder.path, ...env }, { now: () => minutesAfter(20), index });
}

async function diagnose({ url }: Served, body: object = {}): Promise<Diagnosis> {
  const response = await postJson(`${url}/v1/diagnoses`, { alert: ALERT, ...body });
  expect(response.status).toBe(200);
  return Diagnosis.parse(await response.json());
}

test.each([
  ['jaeger', startScriptedJaeger],
  ['tempo', startScriptedTempo],
] as const)('an alert alone is diagnosed with the traces that %s has of it', async (api, start) => {
  await using store = await start(TRACES);
  await using served = await open({ TRACES_URL: store.url, TRACES_API: api });
  const diagnosis = await diagnose(served);
  expect(diagnosis.suspects[0]?.service).toBe('pre-processor');
  expect(diagnosis.digest).toContain('pre-processor');
  expect(diagnosis.provenance.degraded).toBeUndefined();
  expect(diagnosis.provenance.traces).toEqual({
    source: api,
    services: ['pre-processor', 'web-server'],
    baseline: { from: '2026-10-15T01:26:00.000Z', to: '2026-10-15T01:36:00.000Z' },
    incident: { from: '2026-10-15T02:06:00.000Z', to: '2026-10-15T02:16:00.000Z' },
  });
  expect(store.refused).toEqual([]);
});

test('traces that came with the alert are not asked for again', async () => {
  await using store = await startScriptedJaeger(TRACES);
  await using served = await open({ TRACES_URL: store.url });
  const traces = { baseline: readExample('traces/normal.json'), incident: readExample('traces/spiked.json') };
  const diagnosis = await diagnose(served, { traces });
  expect(diagnosis.suspects[0]?.service).toBe('pre-processor');
  expect(diagnosis.provenance.traces).toBeUndefined();
  await diagnose(served, { options: { traces: 'none' } });
  expect(store.requests).toEqual([]);
});

test('nothing of later than asOf is asked for', async () => {
  await using store = await startScriptedJaeger(TRACES);
  await using served = await open({ TRACES_URL: store.url });
  const asOf = minutesAfter(1).toISOString();
  const { provenance } = await diagnose(served, { asOf });
  expect(provenance.traces?.incident.to).toBe(asOf);
  for (const { query } of store.requests) {
    expect(Number(query.get('end'))).toBeLessThanOrEqual(minutesAfter(1).getTime() * 1000);
  }
});

test('a store that fails costs the traces, not the answer', async () => {
  await using store = await startScriptedJaeger(TRACES);
  store.always(/./, failsWith(503, 'compacting'));
  await using served = await open({ TRACES_URL: store.url });
  const diagnosis = await diagnose(served);
  expect(diagnosis.runbooks[0]?.id).toMatch(/^pre-processor\//);
  expect(diagnosis).toMatchObject({ suspects: [], digest: null });
  expect(diagnosis.provenance.degraded).toEqual([
    `traces: Jaeger at ${store.url} gave no traces: it failed (503: "compacting").`,
  ]);
});

test('a store that never answers costs no more time than it may take', async () => {
  await using store = await startScriptedJaeger(TRACES);
  store.always(/./, hangs());
  await using served = await open({ TRACES_URL: store.url, TRACES_TIMEOUT_MS: '100' });
  const { provenance } = await diagnose(served);
  expect(provenance.degraded?.[0]).toMatch(/^traces: .*(?:took longer than|took too long)/);
});

test('a store without traces of it is said in words', async () => {
  await using store = await startScriptedTempo();
  await using served = await open({ TRACES_URL: store.url, TRACES_API: 'tempo' });
  const { provenance, digest } = await diagnose(served);
  expect(provenance.degraded?.[0]).toMatch(/^traces: tempo has none through pre-processor, web-server from /);
  expect(digest).toBeNull();
});

test('what the store sends instead of traces costs the traces, not the answer', async () => {
  await using store = await startScriptedJaeger(TRACES);
  store.always(/traces/, failsWith(200, { data: [{ spans: `not spans, ${'x'.repeat(100_000)}` }] }));
  await using served = await open({ TRACES_URL: store.url });
  const { provenance, runbooks } = await diagnose(served);
  expect(runbooks).not.toEqual([]);
  expect(provenance.degraded?.[0]).toMatch(/^traces: /);
  expect(provenance.degraded?.[0]?.length).toBeLessThan(500);
});

test('readiness tells of the store, and it makes nothing unready', async () => {
  await using store = await startScriptedJaeger();
  await using served = await open({ TRACES_URL: store.url });
  const patient = 5_000;
  const check = async (limitMs?: number) =>
    (await served.app.checkReadiness(limitMs)).find(({ name }) => name === 'traces');
  expect(await check(patient)).toEqual({ name: 'traces', ok: true, detail: 'jaeger answers' });
  store.always(/./, failsWith(500, 'away'));
  expect(await check(patient)).toMatchObject({ ok: true, detail: expect.stringMatching(/does not work.*away/) });
  const asked = store.requests.length;
  expect((await fetch(`${served.url}/readyz`)).status).toBe(200);
  expect(store.requests.length).toBe(asked);
});
