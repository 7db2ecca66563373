import { describe, expect, it } from 'vitest';
import { AccessSettings, findAccessContradictions, toAccessConfig } from './access.ts';

const ISSUER = 'https://id.example.com/realms/ops';

function mistakesIn(given: Record<string, string>): (string | undefined)[] {
  const issues = AccessSettings.safeParse(given).error?.issues ?? [];
  return [...issues.map(({ path }) => String(path[0])), ...findAccessContradictions(given).map(({ path }) => path)];
}

describe('settings of who may come in', () => {
  it('ask nothing of anybody on this machine unless told otherwise', () => {
    expect(toAccessConfig(AccessSettings.parse({}))).toEqual({
      mode: 'open',
      claims: { scope: 'scope', namespace: 'precedent_namespace', name: 'sub' },
      corsOrigins: [],
    });
    expect(mistakesIn({})).toEqual([]);
  });

  it('take an identity provider with what its claims are called', () => {
    const given = { OIDC_ISSUER: ISSUER, OIDC_AUDIENCE: 'precedent', OIDC_SCOPE_CLAIM: 'roles' };
    expect(mistakesIn(given)).toEqual([]);
    expect(toAccessConfig(AccessSettings.parse(given))).toMatchObject({
      oidc: { issuer: ISSUER, audience: 'precedent' },
      claims: { scope: 'roles' },
    });
  });

  it.each([
    [{ OIDC_ISSUER: ISSUER }, ['OIDC_AUDIENCE']],
    [{ OIDC_AUDIENCE: 'precedent' }, ['OIDC_AUDIENCE']],
    [{ OIDC_JWKS_URL: 'https://id.example.com/keys' }, ['OIDC_JWKS_URL']],
    [{ OIDC_ISSUER: 'http://id.example.com', OIDC_AUDIENCE: 'precedent' }, ['OIDC_ISSUER']],
    [{ OIDC_ISSUER: 'https://user:canary@id.example.com', OIDC_AUDIENCE: 'precedent' }, ['OIDC_ISSUER']],
    [{ OIDC_ISSUER: 'id.example.com', OIDC_AUDIENCE: 'precedent' }, ['OIDC_ISSUER']],
    [{ AUTH: 'closed' }, ['AUTH']],
    [{ HOST: '0.0.0.0' }, ['HOST']],
    [{ HOST: '0.0.0.0', AUTH: 'open', API_TOKENS: ' , ' }, ['HOST']],
    [{ HOST: '0.0.0.0', OIDC_ISSUER: ISSUER }, ['OIDC_AUDIENCE']],
  ])('tell what is wrong with %j', (given, paths) => {
    expect(mistakesIn(given as Record<string, string>)).toEqual(paths);
  });

  it.each([{ API_TOKENS: 'one' }, { AUTH: 'required' }, { OIDC_ISSUER: ISSUER, OIDC_AUDIENCE: 'precedent' }])(
    'let it listen to other machines with %j',
    (given) => {
      expect(findAccessContradictions({ HOST: '0.0.0.0', ...given })).toEqual([]);
    },
  );

  it('take a provider on this machine without TLS, for trying it out', () => {
    expect(mistakesIn({ OIDC_ISSUER: 'http://127.0.0.1:8080/realms/try', OIDC_AUDIENCE: 'precedent' })).toEqual([]);
  });

  it('take exact origins of pages, and no wildcard', () => {
    const origins = (CORS_ORIGINS: string) => toAccessConfig(AccessSettings.parse({ CORS_ORIGINS })).corsOrigins;
    expect(origins('https://ops.example.com, http://127.0.0.1:3000/')).toEqual([
      'https://ops.example.com',
      'http://127.0.0.1:3000',
    ]);
    for (const wrong of ['*', 'https://*.example.com/x', 'ops.example.com', 'null', 'https://ops.example.com/page']) {
      expect(mistakesIn({ CORS_ORIGINS: wrong }), wrong).toEqual(['CORS_ORIGINS']);
    }
  });
});
