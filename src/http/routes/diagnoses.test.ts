import { afterAll, beforeAll, expect, test } from 'vitest';
import { Diagnosis } from '../../domain/diagnosis.ts';
import { createHashEmbedder } from '../../testing/hash-embedder.ts';
import { createMemoryCasebook } from '../../testing/memory-casebook.ts';
import { postJson, readProblem, type Served, serve } from '../__fixtures__/serve.ts';

const REQUEST = { alert: { labels: { alertname: 'PreProcessorLatencyHigh', service: 'pre-processor' } } };

let served: Served;
beforeAll(async () => {
  served = await serve();
  await served.app.ingest();
});
afterAll(() => served[Symbol.asyncDispose]());

test('an alert is answered with a diagnosis that can be asked for again', async () => {
  const response = await postJson(`${served.url}/v1/diagnoses`, REQUEST);
  expect(response.status).toBe(200);
  const diagnosis = Diagnosis.parse(await response.json());
  const again = await fetch(`${served.url}/v1/diagnoses/${diagnosis.id}`);
  expect(again.status).toBe(200);
  expect(await again.json()).toEqual(diagnosis);
});

test.each(['respond-async', 'Respond-Async', 'return=minimal, respond-async; priority=5'])(
  'Prefer: %s is answered at once',
  async (prefer) => {
    const response = await postJson(`${served.url}/v1/diagnoses`, REQUEST, { prefer });
    expect(response.status).toBe(202);
    expect(response.headers.get('preference-applied')).toBe('respond-async');
    expect(response.headers.get('retry-after')).toBe('1');
    const location = response.headers.get('location');
    expect(await response.json()).toMatchObject({ status: 'pending', id: location?.replace('/v1/diagnoses/', '') });
    const done = await pollUntilDone(`${served.url}${location}`);
    expect(Diagnosis.parse(await done.json()).kind).toMatch(/answered|abstained/);
  },
);

test('other preferences are ignored', async () => {
  const response = await postJson(`${served.url}/v1/diagnoses`, REQUEST, { prefer: 'return=minimal' });
  expect(response.status).toBe(200);
  expect(response.headers.has('preference-applied')).toBe(false);
});

test('a diagnosis that overruns its time budget is answered 202 and finished behind it', async () => {
  const embedder = createHashEmbedder();
  const slow = {
    ...embedder,
    embed: async (...call: Parameters<typeof embedder.embed>) => {
      if (call[1] === 'query') await new Promise((resolve) => setTimeout(resolve, 300));
      return embedder.embed(...call);
    },
  };
  await using late = await serve({ TIME_BUDGET_MS: '50' }, { embedder: slow });
  await late.app.ingest();
  const response = await postJson(`${late.url}/v1/diagnoses`, REQUEST);
  expect(response.status).toBe(202);
  expect(response.headers.has('preference-applied')).toBe(false);
  expect((await pollUntilDone(`${late.url}${response.headers.get('location')}`)).status).toBe(200);
});

test.each([
  ['index-unavailable', 503],
  ['trace-invalid', 400],
  ['internal', 500],
  ['constructor', 500],
])('a diagnosis that failed with %s is a %i problem whenever it is asked for', async (code, status) => {
  const casebook = createMemoryCasebook();
  await casebook.saveDiagnosis({
    status: 'failed',
    id: 'one',
    createdAt: new Date().toISOString(),
    code,
    detail: 'why',
  });
  await using failed = await serve({}, { casebook });
  const problem = await readProblem(await fetch(`${failed.url}/v1/diagnoses/one`));
  expect(problem).toMatchObject({ status, instance: '/v1/diagnoses/one' });
  expect(problem['detail'] === 'why').toBe(status !== 500);
});

test('without any knowledge a diagnosis says what to do', async () => {
  await using empty = await serve();
  expect(await readProblem(await postJson(`${empty.url}/v1/diagnoses`, REQUEST))).toMatchObject({
    type: 'urn:precedent:problem:index-empty',
    status: 503,
  });
});

async function pollUntilDone(url: string): Promise<Response> {
  for (let tries = 0; tries < 100; tries++) {
    const response = await fetch(url);
    if (response.status !== 202) return response;
    expect(response.headers.get('retry-after')).toBe('1');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} stays pending`);
}
