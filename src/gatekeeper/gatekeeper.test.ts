import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import { LOCAL_OPERATOR, type Principal } from '../domain/principal.ts';
import type { AccessStore } from '../ports.ts';
import { createMemoryAccess } from '../testing/memory-access.ts';
import { createAuditLog } from './audit-log.ts';
import { createGatekeeper, type GatekeeperParts } from './gatekeeper.ts';
import { createTokenDesk, type TokenWish } from './token-desk.ts';

const START = Date.parse('2026-03-31T12:00:00Z');
const CLAIMS = { scope: 'scope', namespace: 'team', name: 'sub' };
const JWT = 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln';
const WISH: TokenWish = { name: 'ci', namespace: 'team-a', scopes: ['intake', 'read'] };

let at: number;
let isAway: boolean;
let lookups: number;
let access: AccessStore;
beforeEach(() => {
  [at, isAway, lookups] = [START, false, 0];
  access = createMemoryAccess();
});

const now = () => new Date(at);
const elapsed = () => at - START;

/** The store as this process reaches it: it may be away. */
function reached(): Pick<AccessStore, 'findToken' | 'hasTokens'> {
  const enter = () => {
    lookups++;
    if (isAway) throw new PrecedentError('casebook-unavailable', 'it is away');
  };
  return {
    findToken: async (...args) => {
      enter();
      return access.findToken(...args);
    },
    hasTokens: async (...args) => {
      enter();
      return access.hasTokens(...args);
    },
  };
}

function gatekeeper(over: Partial<GatekeeperParts> = {}) {
  return createGatekeeper({ access: reached(), apiTokens: [], mode: 'open', claims: CLAIMS, now, elapsed, ...over });
}

/** As another process would: this one is not told. */
function desk() {
  const audit = createAuditLog({ access, now, onFailure: () => {} });
  return createTokenDesk({ access, audit, randomBytes, now, onChanged: () => {} });
}

const codeOf = (asked: Promise<Principal>) =>
  asked.then(
    ({ name }) => name.replace(/#.*/, ''),
    (error) => error.code,
  );

describe('who has to say nothing', () => {
  it('is everybody, as long as no way in is configured and no token was ever made', async () => {
    const keeper = gatekeeper();
    expect(await keeper.identify(undefined)).toBe(LOCAL_OPERATOR);
    const { record } = await desk().create(LOCAL_OPERATOR, WISH);
    at += 5_000;
    expect(await codeOf(keeper.identify(undefined))).toBe('unauthorised');
    await desk().revoke(LOCAL_OPERATOR, record.id);
    at += 5_000;
    expect(await codeOf(keeper.identify(undefined)), 'the last token ended').toBe('unauthorised');
  });

  it.each([
    { mode: 'required' as const },
    { apiTokens: ['configured'] },
    { verifyToken: async () => ({ subject: 'ana', claims: {} }) },
  ])('is nobody with %j', async (over) => {
    const keeper = gatekeeper(over);
    expect(await keeper.isOpen()).toBe(false);
    expect(await codeOf(keeper.identify(undefined))).toBe('unauthorised');
    expect(lookups).toBe(0);
  });

  it('is nobody while it cannot be told whether there are tokens, but for ten minutes after it could', async () => {
    isAway = true;
    const keeper = gatekeeper();
    expect(await codeOf(keeper.identify(undefined))).toBe('casebook-unavailable');
    isAway = false;
    expect(await codeOf(keeper.identify(undefined))).toBe('local');
    isAway = true;
    at += 599_000;
    expect(await codeOf(keeper.identify(undefined))).toBe('local');
    at += 1_000;
    expect(await codeOf(keeper.identify(undefined))).toBe('casebook-unavailable');
  });

  it('is nobody who shows something, right or wrong', async () => {
    for (const header of ['Bearer', 'Bearer ', 'Bearer made-up', 'Basic b3BzOm9wcw==', '']) {
      expect(await codeOf(gatekeeper().identify(header)), header).toBe('unauthorised');
    }
  });
});

describe('who shows a token of the environment', () => {
  it('may do everything everywhere, also while the casebook is away', async () => {
    isAway = true;
    const keeper = gatekeeper({ apiTokens: ['first', 'second'] });
    const everything = { namespace: '*', scopes: ['admin'] };
    expect(await keeper.identify('Bearer second')).toMatchObject(everything);
    expect(await keeper.identify('bearer   first')).toMatchObject(everything);
    for (const wrong of ['Bearer FIRST', 'Bearer first,second', 'Bearer firs', 'first', 'Basic first']) {
      expect(await codeOf(keeper.identify(wrong)), wrong).toBe('unauthorised');
    }
  });
});

describe('who shows a token of the casebook', () => {
  it('is let in with its scopes, in its namespace', async () => {
    const { token, record } = await desk().create(LOCAL_OPERATOR, WISH);
    const principal = { name: `token:ci#${record.id}`, namespace: 'team-a', scopes: ['intake', 'read'] };
    expect(await gatekeeper().identify(`Bearer ${token}`)).toEqual(principal);
  });

  it('is asked about once in five seconds, so that ending it elsewhere works within them', async () => {
    const { token, record } = await desk().create(LOCAL_OPERATOR, WISH);
    const keeper = gatekeeper();
    const ask = () => codeOf(keeper.identify(`Bearer ${token}`));
    await Promise.all([ask(), ask(), ask()]);
    expect(lookups).toBe(1);
    await desk().revoke(LOCAL_OPERATOR, record.id);
    at += 4_999;
    expect(await ask()).toBe('token:ci');
    at += 1;
    expect(await ask()).toBe('unauthorised');
  });

  it('is refused at once where it was ended in this very process', async () => {
    const { token, record } = await desk().create(LOCAL_OPERATOR, WISH);
    const keeper = gatekeeper();
    const ask = () => codeOf(keeper.identify(`Bearer ${token}`));
    expect(await ask()).toBe('token:ci');
    await desk().revoke(LOCAL_OPERATOR, record.id);
    keeper.expire(record.id);
    isAway = true;
    expect(await ask(), 'what is known of it is forgotten').toBe('casebook-unavailable');
    isAway = false;
    expect(await ask()).toBe('unauthorised');
  });

  it('is refused from the very moment it expires, and told so', async () => {
    const { token, record } = await desk().create(LOCAL_OPERATOR, { ...WISH, expiresInMs: 2_000 });
    const keeper = gatekeeper();
    expect(await codeOf(keeper.identify(`Bearer ${token}`))).toBe('token:ci');
    at += 2_000;
    await expect(keeper.identify(`Bearer ${token}`)).rejects.toThrow(
      `${record.id} is expired since 2026-03-31T12:00:02`,
    );
  });

  it('goes on for ten minutes while the casebook is away; others are asked to come again', async () => {
    const { token } = await desk().create(LOCAL_OPERATOR, WISH);
    const { token: other } = await desk().create(LOCAL_OPERATOR, WISH);
    const { token: brief } = await desk().create(LOCAL_OPERATOR, { ...WISH, expiresInMs: 60_000 });
    const keeper = gatekeeper();
    const ask = (shown: string) => codeOf(keeper.identify(`Bearer ${shown}`));
    expect([await ask(token), await ask(brief)]).toEqual(['token:ci', 'token:ci']);
    isAway = true;
    at += 599_000;
    expect(await ask(token)).toBe('token:ci');
    expect(await ask(other)).toBe('casebook-unavailable');
    expect(await ask(brief), 'an end that is known counts').toBe('unauthorised');
    at += 1_000;
    expect(await ask(token)).toBe('casebook-unavailable');
    isAway = false;
    expect(await ask(token)).toBe('token:ci');
  });

  it('does not wait for an absent casebook each time', async () => {
    const { token } = await desk().create(LOCAL_OPERATOR, WISH);
    const keeper = gatekeeper();
    await keeper.identify(`Bearer ${token}`);
    isAway = true;
    at += 6_000;
    for (let count = 0; count < 100; count++) await keeper.identify(`Bearer ${token}`);
    expect(lookups).toBe(2);
  });

  it('is still known after a flood of made-up ones', async () => {
    const { token } = await desk().create(LOCAL_OPERATOR, WISH);
    const keeper = gatekeeper();
    await keeper.identify(`Bearer ${token}`);
    const stranger = createMemoryAccess();
    const elsewhere = createTokenDesk({
      ...{ access: stranger, audit: { record: async () => {} } },
      ...{ randomBytes, now, onChanged: () => {} },
    });
    for (let count = 0; count < 1_500; count++) {
      const { token: madeUp } = await elsewhere.create(LOCAL_OPERATOR, WISH);
      await codeOf(keeper.identify(`Bearer ${madeUp}`));
    }
    isAway = true;
    at += 60_000;
    expect(await codeOf(keeper.identify(`Bearer ${token}`))).toBe('token:ci');
  });

  it('cannot be asked about with what cannot be one', async () => {
    const { token } = await desk().create(LOCAL_OPERATOR, WISH);
    const keeper = gatekeeper();
    for (const wrong of ['prec_', `${token.slice(0, -1)}x`, 'hunter2']) {
      expect(await codeOf(keeper.identify(`Bearer ${wrong}`))).toBe('unauthorised');
    }
    expect(lookups).toBe(0);
  });
});

describe('who shows a token of an identity provider', () => {
  const verifyToken = async () => ({ subject: 'ana', claims: { scope: 'read', team: 'team-b' } });

  it('is who its claims say', async () => {
    const principal = { name: 'oidc:ana', namespace: 'team-b', scopes: ['read'] };
    expect(await gatekeeper({ verifyToken }).identify(`Bearer ${JWT}`)).toEqual(principal);
  });

  it('is a stranger where no provider is configured', async () => {
    expect(await codeOf(gatekeeper({ mode: 'required' }).identify(`Bearer ${JWT}`))).toBe('unauthorised');
  });

  it('is told when the provider is away, which hinders nobody else', async () => {
    const away = async () => {
      throw new PrecedentError('identity-unavailable', 'it is away');
    };
    const { token } = await desk().create(LOCAL_OPERATOR, WISH);
    const keeper = gatekeeper({ verifyToken: away, apiTokens: ['configured'] });
    expect(await codeOf(keeper.identify(`Bearer ${JWT}`))).toBe('identity-unavailable');
    expect(await codeOf(keeper.identify(`Bearer ${token}`))).toBe('token:ci');
    expect(await codeOf(keeper.identify('Bearer configured'))).toBe('api-token');
  });
});
