import { describe, expect, it } from 'vitest';
import { principalOfClaims } from './claims.ts';

const NAMES = { scope: 'scope', namespace: 'precedent_namespace', name: 'sub' };
const of = (claims: Record<string, unknown>, names = NAMES) => principalOfClaims({ subject: 'ana', claims }, names);

describe('claims of an identity provider', () => {
  it.each([
    ['read intake', ['read', 'intake']],
    ['precedent:read openid profile', ['read']],
    [['precedent:verdict', 'verdict', 'other'], ['verdict']],
    ['  read\tadmin ', ['read', 'admin']],
    ['READ precedent:precedent:read precedent:', []],
    [undefined, []],
    [{ read: true }, []],
    [[['read'], 7, null], []],
  ])('as scope %j give %j', (scope, scopes) => {
    expect(of({ scope }).scopes).toEqual(scopes);
  });

  it('may stand deeper, or have a URL as their name', () => {
    const claims = {
      realm_access: { roles: ['precedent:read'] },
      'https://example.com/team': 'team-a',
      preferred_username: 'ana b',
    };
    const names = { scope: 'realm_access.roles', namespace: 'https://example.com/team', name: 'preferred_username' };
    expect(of(claims, names)).toEqual({ name: 'oidc:ana b', namespace: 'team-a', scopes: ['read'] });
  });

  it('put whoever names no namespace into the default one', () => {
    expect(of({ scope: 'admin' }).namespace).toBe('default');
    expect(of({ scope: 'read', precedent_namespace: null }).namespace).toBe('default');
    expect(of({ scope: 'read', precedent_namespace: ['team-a'] }).namespace).toBe('team-a');
  });

  it('give every namespace to an admin who is said to have it, and to nobody else', () => {
    expect(of({ scope: 'admin', precedent_namespace: '*' }).namespace).toBe('*');
    expect(() => of({ scope: 'read verdict intake', precedent_namespace: '*' })).toThrow(/scope admin/);
  });

  it.each(['Team A', '', 'a'.repeat(64), ['team-a', 'team-b'], [], 7, { team: 'a' }, 'team-a\n'])(
    'that name no one namespace let nobody in anywhere: %j',
    (precedent_namespace) => {
      expect(() => of({ scope: 'read', precedent_namespace })).toThrow(/must be one namespace/);
    },
  );

  it('cannot be inherited, and make one line of a name', () => {
    expect(of({ scope: 'read' }, { ...NAMES, namespace: 'constructor.name' }).namespace).toBe('default');
    expect(of({ name: 'ana\r\n2026 admin\u202e' }, { ...NAMES, name: 'name' }).name).toBe('oidc:ana 2026 admin');
    expect(of({ name: 'x'.repeat(9_999) }, { ...NAMES, name: 'name' }).name).toHaveLength(205);
  });
});
