import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Guarded, readGuardedProblem, serveGuarded } from '../__fixtures__/guarded.ts';
import { AuditPage, addAuditRoutes } from './audit.ts';
import { addTokenRoutes, NewTokenAnswer, RotateRequest, TokenList, TokenRequest } from './tokens.ts';

let served: Guarded;
let teamA: string;
let teamB: string;
beforeAll(async () => {
  served = await serveGuarded(
    (api, { desk, audit }) => {
      addTokenRoutes(api, { tokens: desk, config: { maxBodyBytes: 10_000 } });
      addAuditRoutes(api, { audit });
    },
    { apiTokens: ['operator'] },
  );
  teamA = await served.bearer({ name: 'a-admin', namespace: 'team-a', scopes: ['admin'] });
  teamB = await served.bearer({ name: 'b-admin', namespace: 'team-b', scopes: ['admin'] });
});
afterAll(() => served[Symbol.asyncDispose]());

function ask(method: string, path: string, authorization: string, body?: unknown): Promise<Response> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(served.url + path, { method, headers: { authorization, ...type }, ...json });
}

async function make(authorization: string, wish: TokenRequest) {
  const response = await ask('POST', '/v1/tokens', authorization, wish);
  expect([response.status, response.headers.get('cache-control')]).toEqual([201, 'no-store']);
  return NewTokenAnswer.parse(await response.json());
}

const listed = async (authorization: string) =>
  TokenList.parse(await (await ask('GET', '/v1/tokens', authorization)).json()).tokens;

describe('tokens over HTTP', () => {
  it('are made, used, replaced and ended', async () => {
    const { id, token, expiresAt } = await make(teamA, { name: 'web alerts', scopes: ['intake'], expiresIn: '90d' });
    expect(Date.parse(expiresAt ?? '') - Date.now()).toBeGreaterThan(89 * 86_400_000);
    expect((await ask('GET', '/v1/tokens', `Bearer ${token}`)).status, 'it may only hand in alerts').toBe(403);
    const rotated = await ask('POST', `/v1/tokens/${id}/rotate`, teamA);
    const { id: next } = NewTokenAnswer.parse(await rotated.json());
    expect((await ask('DELETE', `/v1/tokens/${id}`, teamA)).status).toBe(200);
    expect((await ask('GET', '/v1/tokens', `Bearer ${token}`)).status, 'it is ended').toBe(401);
    const now = await ask('POST', `/v1/tokens/${next}/rotate`, teamA, { grace: '0s' });
    expect(now.status).toBe(201);
    expect((await listed(teamA)).find((one) => one.id === next)?.revokedAt).toBeDefined();
    expect(JSON.stringify(await listed(teamA))).not.toContain(token.slice(18));
  });

  it('belong to the namespace of who makes them, who can neither reach nor see beyond it', async () => {
    const { id, namespace } = await make(teamB, { name: 'ci', scopes: ['read'] });
    expect(namespace).toBe('team-b');
    expect((await listed(teamA)).map((one) => one.namespace)).not.toContain('team-b');
    for (const [method, path] of [
      ['DELETE', id],
      ['POST', `${id}/rotate`],
    ] as const) {
      expect((await ask(method, `/v1/tokens/${path}`, teamA)).status).toBe(404);
    }
    for (const beyond of ['team-b', '*', 'default']) {
      const response = await ask('POST', '/v1/tokens', teamA, { name: 'more', scopes: ['read'], namespace: beyond });
      expect((await readGuardedProblem(response)).type).toBe('urn:precedent:problem:forbidden');
    }
    const everywhere = (await listed('Bearer operator')).map((one) => one.namespace);
    expect(new Set(everywhere)).toEqual(new Set(['team-a', 'team-b']));
    expect((await make('Bearer operator', { name: 'all', scopes: ['read'], namespace: '*' })).namespace).toBe('*');
  });

  it.each([
    [{}, 'name'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['root'] }, 'scopes[0]'],
    [{ name: 'two\nlines', scopes: ['read'] }, 'name'],
    [{ name: 'x', scopes: ['read'], namespace: 'Team A' }, 'namespace'],
    [{ name: 'x', scopes: ['read'], expiresIn: 'soon' }, 'expiresIn'],
  ])('are not made from %j', async (wish, path) => {
    const problem = await readGuardedProblem(await ask('POST', '/v1/tokens', teamA, wish));
    expect(problem.status).toBe(400);
    expect(problem.errors?.map((error) => error.path)).toContain(path);
  });

  it('are what the document says', () => {
    expect(TokenRequest.safeParse({ name: 'ci', scopes: ['read'] }).success).toBe(true);
    expect(RotateRequest.safeParse({}).success).toBe(true);
  });
});

describe('the audit log over HTTP', () => {
  const page = async (authorization: string, query = '') =>
    AuditPage.parse(await (await ask('GET', `/v1/audit${query}`, authorization)).json());

  it('shows each team what its own people did, page by page', async () => {
    await make(teamA, { name: 'audited', scopes: ['read'] });
    const own = await page(teamA);
    expect(own.entries[0]).toMatchObject({
      who: expect.stringMatching(/^token:a-admin#[0-9a-f]{12}$/),
      action: 'token.create',
      namespace: 'team-a',
    });
    expect(new Set(own.entries.map((entry) => entry.namespace))).toEqual(new Set(['team-a']));
    const first = await page('Bearer operator', '?limit=2');
    const second = await page('Bearer operator', `?limit=2&before=${first.before}`);
    const numbers = [...first.entries, ...second.entries].map((entry) => entry.number);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(new Set(numbers).size).toBe(4);
    expect((await page('Bearer operator', '?limit=1000')).before).toBeUndefined();
  });

  it.each(['?limit=0', '?limit=1001', '?limit=x', '?before=0'])('refuses %s', async (query) => {
    expect((await readGuardedProblem(await ask('GET', `/v1/audit${query}`, teamA))).status).toBe(400);
  });
});
