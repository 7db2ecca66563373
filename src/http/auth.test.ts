import { afterAll, beforeAll, expect, test } from 'vitest';
import { readProblem, type Served, serve } from './__fixtures__/serve.ts';
import { ROUTES } from './openapi.ts';

let served: Served;
beforeAll(async () => {
  served = await serve({ API_TOKENS: 'first-token,second-token' });
});
afterAll(() => served[Symbol.asyncDispose]());

const ask = (path: string, authorization?: string, method = 'GET') =>
  fetch(`${served.url}${path}`, { method, redirect: 'manual', headers: authorization ? { authorization } : {} });

const OPEN = ['/healthz', '/readyz'];
const GUARDED = ROUTES.filter(({ path }) => !OPEN.includes(path)).map(({ method, path }) => [
  method.toUpperCase(),
  path.replace('{id}', 'some/id').replace('{sender}', 'alertmanager'),
]);

test.each(GUARDED)('%s %s asks for a token before anything else', async (method, path) => {
  const response = await ask(path!, undefined, method);
  expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
  expect(await readProblem(response)).toMatchObject({ status: 401, type: 'urn:precedent:problem:unauthorised' });
});

test.each(['/nowhere', '/v1/nowhere'])('%s does not tell a stranger what exists', async (path) => {
  expect((await ask(path)).status).toBe(401);
});

test.each(['/healthz', '/readyz', '/openapi.json', '/docs', '/docs/start.js', '/docs/swagger-ui.css'])(
  '%s needs no token',
  async (path) => {
    expect((await ask(path)).status).not.toBe(401);
  },
);

test.each(['Bearer first-token', 'bearer second-token', 'Bearer   first-token'])('%s is let in', async (header) => {
  expect((await ask('/v1/diagnoses/none', header)).status).toBe(404);
});

test.each([
  'Bearer',
  'Bearer ',
  'Bearer first',
  'Bearer first-token,second-token',
  'Bearer FIRST-TOKEN',
  'Basic first-token',
  'first-token',
])('%j is not', async (header) => {
  expect((await ask('/v1/diagnoses/none', header)).status).toBe(401);
});

test('without tokens everybody may come in', async () => {
  await using open = await serve();
  expect((await fetch(`${open.url}/v1/diagnoses/none`)).status).toBe(404);
});
