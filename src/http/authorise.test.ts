import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import type { Scope } from '../domain/principal.ts';
import { createMemoryAccess } from '../testing/memory-access.ts';
import { type Guarded, readGuardedProblem, serveGuarded } from './__fixtures__/guarded.ts';
import { noteDeed } from './audit-trail.ts';
import { createReaderCheck } from './auth.ts';
import { principalOf } from './principal.ts';
import { ROUTE_RULES } from './scopes.ts';

type AddRoutes = Parameters<typeof serveGuarded>[0];

/** Every route of the table, saying who it takes the caller for; and one that the table does not know. */
const everyRoute: AddRoutes = (api) => {
  for (const { method, path } of [...ROUTE_RULES, { method: 'GET', path: '/v1/forgotten' }]) {
    api.on(method, path.replace(/\{(\w+)\}/g, ':$1'), (c) => c.json({ who: c.get('principal') ?? null }));
  }
};

const SCOPES = ['intake', 'read', 'verdict', 'admin'] as const satisfies readonly Scope[];
const concrete = (path: string) => path.replace(/\{\w+\}/g, 'some');
const guardedRoutes = ROUTE_RULES.filter(({ need }) => need !== 'open' && need !== 'signed');

describe('a service with tokens', () => {
  let served: Guarded;
  const bearers = new Map<string, string>();
  beforeAll(async () => {
    served = await serveGuarded(everyRoute, { apiTokens: ['configured'] });
    for (const scope of SCOPES) bearers.set(scope, await served.bearer({ name: scope, scopes: [scope] }));
  });
  afterAll(() => served[Symbol.asyncDispose]());

  const ask = (method: string, path: string, authorization?: string) =>
    fetch(served.url + path, { method, redirect: 'manual', headers: authorization ? { authorization } : {} });

  it.each(guardedRoutes.map(({ method, path, need }) => [method, path, need] as const))(
    'lets nobody but the right ones %s %s',
    async (method, path, need) => {
      const scope = need === 'sender' ? 'intake' : need;
      for (const given of SCOPES) {
        const response = await ask(method, concrete(path), bearers.get(given));
        const mayPass = given === scope || given === 'admin';
        expect(response.status, given).toBe(mayPass ? 200 : 403);
        if (mayPass) continue;
        const problem = { type: 'urn:precedent:problem:forbidden', detail: expect.stringContaining(`scope ${scope}`) };
        expect(await readGuardedProblem(response)).toMatchObject(problem);
      }
    },
  );

  it('asks for a token before anything else, and tells a stranger nothing of what exists', async () => {
    const strange = [
      ['GET', '/nowhere'],
      ['PUT', '/v1/search'],
      ['GET', '/v1/forgotten'],
    ] as const;
    const routes = guardedRoutes
      .filter(({ need }) => need !== 'sender')
      .map(({ method, path }) => [method, path] as const);
    for (const [method, path] of [...routes, ...strange]) {
      const response = await ask(method, concrete(path));
      expect(response.headers.get('www-authenticate'), path).toMatch(/^Bearer/);
      expect((await readGuardedProblem(response)).status, path).toBe(401);
    }
  });

  it('leaves a sender without a token to the route, which must find its proof', async () => {
    const response = await ask('POST', '/v1/intake/alertmanager');
    expect(await response.json()).toEqual({ who: null });
    expect((await ask('POST', '/v1/intake/alertmanager', 'Bearer made-up')).status).toBe(401);
  });

  it('lets probes, browsers and what signs its bodies through, token or none', async () => {
    for (const { method, path } of ROUTE_RULES.filter(({ need }) => need === 'open' || need === 'signed')) {
      expect((await ask(method, concrete(path))).status, path).toBe(200);
      expect((await ask(method, concrete(path), 'Bearer made-up')).status, path).toBe(200);
    }
  });

  it('keeps a route that nobody put into the table for admins', async () => {
    expect((await ask('GET', '/v1/forgotten', bearers.get('read'))).status).toBe(404);
    expect((await ask('GET', '/v1/forgotten', bearers.get('admin'))).status).toBe(200);
    const wrong = await ask('DELETE', '/v1/search', bearers.get('read'));
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  it('tells a route who asks', async () => {
    const who = async (header: string | undefined) => (await ask('GET', '/v1/status', header)).json();
    expect(await who(bearers.get('read'))).toEqual({
      who: { name: expect.stringMatching(/^token:read#[0-9a-f]{12}$/), namespace: 'default', scopes: ['read'] },
    });
    expect(await who('Bearer configured')).toMatchObject({ who: { name: 'api-token', namespace: '*' } });
  });

  it('shows details to readers alone', async () => {
    const isReader = createReaderCheck(served.keeper);
    const seen = await Promise.all(
      [undefined, 'Bearer made-up', ...SCOPES.map((name) => bearers.get(name))].map(isReader),
    );
    expect(seen).toEqual([false, false, false, true, false, true]);
  });
});

describe('a service without any', () => {
  it('takes everybody for the operator until the first token is made', async () => {
    await using served = await serveGuarded(everyRoute);
    const ask = (path: string, init?: RequestInit) => fetch(served.url + path, init);
    expect(await (await ask('/v1/tokens')).json()).toMatchObject({ who: { name: 'local', namespace: '*' } });
    expect(await (await ask('/v1/intake/grafana', { method: 'POST' })).json()).toMatchObject({
      who: { name: 'local' },
    });
    await served.bearer({ scopes: ['intake'] });
    expect((await ask('/v1/tokens')).status).toBe(401);
  });

  it('lets no page of another site change anything', async () => {
    await using served = await serveGuarded(everyRoute, { origins: ['https://ops.example.com'] });
    const post = (origin: string, headers: Record<string, string> = {}) =>
      fetch(`${served.url}/v1/search`, { method: 'POST', headers: { origin, ...headers } });
    expect((await post('https://elsewhere.example.com')).status).toBe(403);
    expect((await post('null')).status).toBe(403);
    expect((await post('http://localhost:3000')).status).toBe(200);
    expect((await post('https://ops.example.com')).status).toBe(200);
    const authorization = await served.bearer({});
    expect((await post('https://elsewhere.example.com', { authorization })).status).toBe(200);
  });

  it('lets nobody in while the casebook cannot say whether there are tokens', async () => {
    const access = createMemoryAccess();
    const away = () => Promise.reject(new PrecedentError('casebook-unavailable', 'it is away'));
    await using served = await serveGuarded(everyRoute, { access: { ...access, hasTokens: away } });
    const response = await fetch(`${served.url}/v1/status`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
  });
});

describe('a write', () => {
  const writing: AddRoutes = (api) => {
    api.post('/v1/diagnoses/:id/verdict', (c) => {
      if (c.req.param('id') === 'none') throw new PrecedentError('not-found', 'there is none');
      return c.json({ by: principalOf(c).name });
    });
    api.get('/v1/diagnoses/:id/verdict', (c) => c.json({}));
    api.post('/v1/hooks/git', (c) => {
      noteDeed(c, { action: 'git.hook', target: 'delivery-1', who: { name: 'git:github', namespace: '*' } });
      return c.json({}, 202);
    });
    api.post('/v1/slack/:kind', (c) => c.json({}));
  };

  it('is in the audit log with who did it, and nothing that failed or only read is', async () => {
    await using served = await serveGuarded(writing);
    const authorization = await served.bearer({ name: 'phone', namespace: 'team-a', scopes: ['verdict', 'read'] });
    const headers = { authorization };
    for (const id of ['one', 'none'])
      await fetch(`${served.url}/v1/diagnoses/${id}/verdict`, { method: 'POST', headers });
    await fetch(`${served.url}/v1/diagnoses/one/verdict`, { headers });
    await fetch(`${served.url}/v1/diagnoses/one/verdict`, { method: 'POST' });
    for (const path of ['hooks/git', 'slack/events']) await fetch(`${served.url}/v1/${path}`, { method: 'POST' });
    const entries = await served.access.listAudit({ limit: 10 });
    expect(entries.map(({ who, namespace, action, target }) => [who, namespace, action, target])).toEqual([
      ['git:github', '*', 'git.hook', 'delivery-1'],
      [expect.stringMatching(/^token:phone#/), 'team-a', 'verdict.give', 'one'],
      ['local', '*', 'token.create', expect.stringContaining('(phone)')],
    ]);
  });

  it('stands when its entry cannot be written, which the log is told', async () => {
    const access = createMemoryAccess();
    await using served = await serveGuarded(writing, {
      access: { ...access, addAudit: () => Promise.reject(new Error()) },
    });
    const response = await fetch(`${served.url}/v1/diagnoses/one/verdict`, { method: 'POST' });
    expect([response.status, served.failures]).toEqual([200, ['audit verdict.give of one by local']]);
  });
});
