import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Diagnosis } from '../../domain/diagnosis.ts';
import { type ScoreBreakdown, SearchResponse } from '../../domain/evidence.ts';
import { DiagnosisVerdicts } from '../../domain/feedback.ts';
import { createMemoryCasebook } from '../../testing/memory-casebook.ts';
import { postJson, readProblem, type Served, serve } from '../__fixtures__/serve.ts';

const ALERT = {
  labels: { alertname: 'PreProcessorLatencyHigh', service: 'pre-processor' },
  annotations: { summary: 'p95 latency of the pre-processor is above one second' },
};
const ELSEWHERE = {
  labels: { alertname: 'ModelStoreDown', service: 'model-store' },
  annotations: { summary: 'The model store answers no requests' },
};

let served: Served;
beforeAll(async () => {
  served = await serve();
  await served.app.ingest();
});
afterAll(() => served[Symbol.asyncDispose]());

async function diagnose(): Promise<Diagnosis> {
  const response = await postJson(`${served.url}/v1/diagnoses`, { alert: ALERT });
  return Diagnosis.parse(await response.json());
}

const urlOf = (id: string) => `${served.url}/v1/diagnoses/${encodeURIComponent(id)}/verdict`;

async function read(response: Response): Promise<DiagnosisVerdicts> {
  expect(response.status).toBe(200);
  return DiagnosisVerdicts.parse(await response.json());
}

async function scoresOf(alert: object): Promise<Map<string, { score: number; scores: ScoreBreakdown }>> {
  const response = await postJson(`${served.url}/v1/search`, { alert, kinds: ['incident'], k: 20 });
  const { results } = SearchResponse.parse(await response.json());
  return new Map(results.map(({ id, score, scores }) => [id, { score, scores }]));
}

describe('a verdict', () => {
  test('is answered with all that was said of the diagnosis, and can be read again', async () => {
    const { id } = await diagnose();
    await read(await postJson(urlOf(id), { verdict: 'confirmed', by: 'ana' }));
    await read(await postJson(urlOf(id), { verdict: 'rejected', by: 'ben' }));
    const said = await read(await postJson(urlOf(id), { verdict: 'rejected', by: ' ANA ' }));
    expect(said).toMatchObject({
      diagnosisId: id,
      verdicts: [{ by: 'ben' }, { by: 'ANA', verdict: 'rejected' }],
      tally: { confirmed: 0, rejected: 2, corrected: 0 },
      earlier: [{ by: 'ana', verdict: 'confirmed', ended: { how: 'superseded' } }],
    });
    expect(await read(await fetch(urlOf(id)))).toEqual(said);
  });

  test('moves a search in a similar situation, none in another, and is undone', async () => {
    const before = await scoresOf(ALERT);
    const beforeElsewhere = await scoresOf(ELSEWHERE);
    const { id, precedents } = await diagnose();
    const [right] = precedents.filter(({ category, rootCause }) => category !== null && rootCause?.service);
    const trueCause = { service: right?.rootCause?.service, category: right?.category };
    await read(await postJson(urlOf(id), { verdict: 'corrected', by: 'ana', trueCause }));

    const after = await scoresOf(ALERT);
    const prior = after.get(right?.id ?? '')?.scores.feedback ?? 0;
    expect(prior).toBeCloseTo(2 / 3, 1);
    const unjudged = [...after].find(([, { scores }]) => scores.feedback === undefined)?.[0] ?? '';
    const ratioIn = (rows: typeof after) => (rows.get(right?.id ?? '')?.score ?? 0) / (rows.get(unjudged)?.score ?? 0);
    expect(ratioIn(after) / ratioIn(before)).toBeCloseTo(1 + 0.1 * (2 * prior - 1), 6);
    expect(await scoresOf(ELSEWHERE)).toEqual(beforeElsewhere);

    await read(await fetch(`${urlOf(id)}?by=Ana`, { method: 'DELETE' }));
    expect(await scoresOf(ALERT)).toEqual(before);
  });

  test('by nobody cannot be withdrawn', async () => {
    const { id } = await diagnose();
    const response = await fetch(`${urlOf(id)}?by=ana`, { method: 'DELETE' });
    expect(await readProblem(response)).toMatchObject({ status: 404, type: 'urn:precedent:problem:not-found' });
  });

  test.each(['POST', 'GET', 'DELETE'])('%s on a diagnosis that nobody was given is 404', async (method) => {
    const body = JSON.stringify({ verdict: 'confirmed', by: 'ana' });
    const post = { body, headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${urlOf('unknown')}?by=ana`, { method, ...(method === 'POST' ? post : {}) });
    expect(await readProblem(response)).toMatchObject({ status: 404, instance: '/v1/diagnoses/unknown/verdict' });
  });

  test.each([
    [{}, ['verdict', 'by']],
    [{ verdict: 'perhaps', by: 5 }, ['verdict', 'by']],
    [{ verdict: 'corrected', by: 'ana' }, ['trueCause']],
    [{ verdict: 'corrected', by: 'ana', trueCause: { service: 5 } }, ['trueCause.service']],
  ])('%j names every mistake by its path', async (body, paths) => {
    const { status, errors } = await readProblem(await postJson(urlOf('any'), body));
    expect(status).toBe(400);
    expect(errors).toEqual(paths.map((path) => ({ path, message: expect.any(String) })));
  });

  test.each(['', '?by=', '?by=%20', '?by=a&by=b'])('DELETE %s names the parameter', async (query) => {
    const response = await fetch(`${urlOf('any')}${query}`, { method: 'DELETE' });
    expect(await readProblem(response)).toMatchObject({ status: 400, errors: [{ path: 'by' }] });
  });
});

test('a diagnosis that is not done cannot be judged yet', async () => {
  const casebook = createMemoryCasebook();
  await casebook.saveDiagnosis({ status: 'pending', id: 'p', createdAt: new Date().toISOString() });
  await using early = await serve({}, { casebook });
  const response = await postJson(`${early.url}/v1/diagnoses/p/verdict`, { verdict: 'confirmed', by: 'ana' });
  expect(await readProblem(response)).toMatchObject({ status: 409, type: 'urn:precedent:problem:diagnosis-not-done' });
});

test('a verdict needs a token where the API does', async () => {
  await using locked = await serve({ API_TOKENS: 'a-token-of-some-length' });
  for (const method of ['POST', 'GET', 'DELETE']) {
    const response = await fetch(`${locked.url}/v1/diagnoses/p/verdict?by=ana`, { method });
    expect(response.status).toBe(401);
  }
});
