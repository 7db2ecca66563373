import { describe, expect, it } from 'vitest';
import { ROUTES } from './openapi.ts';
import { findRule, listMethods, ROUTE_RULES } from './scopes.ts';

interface DocumentedRoute {
  readonly method: string;
  readonly path: string;
  readonly security?: readonly unknown[];
}

const documented: readonly DocumentedRoute[] = ROUTES;

describe('the table of routes', () => {
  it.each(documented.map(({ method, path }) => [method.toUpperCase(), path] as const))(
    'says who may %s %s',
    (method, path) => {
      expect(ROUTE_RULES.filter((rule) => rule.method === method && rule.path === path)).toHaveLength(1);
    },
  );

  it('asks for no token exactly where the document says so', () => {
    const free = documented.filter(({ security }) => security?.length === 0).map(({ path }) => path);
    const needless = ROUTE_RULES.filter(({ need }) => need === 'open' || need === 'signed').map(({ path }) => path);
    expect(free.filter((path) => !needless.includes(path))).toEqual([]);
    const known = documented.map(({ path }) => path);
    expect(needless.filter((path) => known.includes(path) && !free.includes(path))).toEqual([]);
  });

  it('writes down every route that changes what others see', () => {
    const unwritten = ROUTE_RULES.filter(
      ({ method, need, action }) =>
        method !== 'GET' && action === undefined && (need === 'verdict' || need === 'admin'),
    ).map(({ path }) => path);
    // The desk for tokens does that itself.
    expect(unwritten.filter((path) => !path.startsWith('/v1/tokens'))).toEqual([]);
  });

  it.each([
    ['GET', '/v1/diagnoses/abc', 'read', 'abc'],
    ['HEAD', '/v1/diagnoses/abc', 'read', 'abc'],
    ['POST', '/v1/diagnoses/abc/verdict', 'verdict', 'abc'],
    ['GET', '/v1/runbooks/web/high-latency', 'read', 'web/high-latency'],
    ['POST', '/v1/intake/alertmanager', 'sender', 'alertmanager'],
    ['GET', '/docs/swagger-ui.css', 'open', 'swagger-ui.css'],
    ['GET', '/', 'open', undefined],
    ['GET', '/v1/audit', 'admin', undefined],
  ])('%s %s needs %s', (method, path, need, subject) => {
    const found = findRule(method, path);
    expect([found?.need, found?.subject]).toEqual([need, subject]);
  });

  it.each([
    ['PUT', '/v1/search'],
    ['GET', '/v1'],
    ['GET', '/v1/'],
    ['GET', '/v1/diagnoses/'],
    ['GET', '/v1/diagnoses/a/b'],
    ['GET', '/v1/diagnoses/a/verdict/b'],
    ['GET', '/v1/runbooks/'],
    ['GET', '//v1/audit'],
    ['GET', '/V1/audit'],
    ['GET', '/docs/a/b'],
    ['GET', '/healthz/'],
    ['get', '/v1/search'],
  ])('has no rule for %s %s, which leaves it to admins', (method, path) => {
    expect(findRule(method, path)).toBeUndefined();
  });

  it('knows what else may be done at a path', () => {
    expect(listMethods('/v1/search')).toEqual(['GET', 'HEAD', 'POST']);
    expect(listMethods('/v1/nowhere')).toEqual([]);
  });
});
