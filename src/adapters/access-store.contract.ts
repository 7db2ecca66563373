import { describe, expect, it } from 'vitest';
import type { AccessToken, AuditEntry } from '../domain/access.ts';
import type { AccessStore } from '../ports/access.ts';

const AT = '2026-03-10T12:00:00.000Z';
const LATER = '2026-03-10T13:00:00.000Z';
const LAST = '2026-03-10T14:00:00.000Z';

/** Every promise of `AccessStore`. Each test opens a store of its own, which must be empty. */
export function describeAccessStore(name: string, open: () => Promise<AccessStore>): void {
  const promise = (what: string, check: (store: AccessStore) => Promise<void>) =>
    it(what, async () => {
      await using store = await open();
      await check(store);
    });

  describe(`${name}: a token`, () => {
    promise('is found by its hash, to the letter', async (store) => {
      expect(await store.hasTokens()).toBe(false);
      expect(await store.findToken('h1')).toBeUndefined();
      const token = build('t1', { namespace: '*', scopes: ['intake', 'read'], expiresAt: LATER });
      await store.saveToken(token, 'h1');
      await store.saveToken(build('t2'), 'h2');
      expect(await store.findToken('h1')).toStrictEqual(token);
      expect(await store.findToken('t1')).toBeUndefined();
      expect(await store.hasTokens()).toBe(true);
    });

    promise('is told from every other by its id and its hash', async (store) => {
      await store.saveToken(build('t1'), 'h1');
      await expect(store.saveToken(build('t2'), 'h1')).rejects.toMatchObject({ code: 'casebook-unavailable' });
      await expect(store.saveToken(build('t1'), 'h2')).rejects.toMatchObject({ code: 'casebook-unavailable' });
      expect(await store.findToken('h1')).toStrictEqual(build('t1'));
    });

    promise('is listed newest first, also when it holds no more', async (store) => {
      await store.saveToken(build('t2', { createdAt: LATER }), 'h2');
      await store.saveToken(build('t1', { revokedAt: LATER }), 'h1');
      await store.saveToken(build('t3', { createdAt: LATER }), 'h3');
      expect((await store.listTokens()).map(({ id }) => id)).toEqual(['t3', 't2', 't1']);
    });

    promise('that is revoked stays so', async (store) => {
      await store.saveToken(build('t1'), 'h1');
      expect(await store.endToken('t1', { revokedAt: new Date(LATER) })).toBe(true);
      expect(await store.endToken('t1', { revokedAt: new Date(LAST) })).toBe(false);
      expect(await store.endToken('t1', { expiresAt: new Date(LAST) })).toBe(false);
      expect(await store.endToken('nothing', { revokedAt: new Date(LATER) })).toBe(false);
      expect(await store.findToken('h1')).toStrictEqual(build('t1', { revokedAt: LATER }));
      expect(await store.hasTokens()).toBe(true);
    });

    promise('is given an end, and an earlier end stays', async (store) => {
      await store.saveToken(build('t1'), 'h1');
      expect(await store.endToken('t1', { expiresAt: new Date(LATER) })).toBe(true);
      await store.endToken('t1', { expiresAt: new Date(LAST) });
      expect(await store.findToken('h1')).toStrictEqual(build('t1', { expiresAt: LATER }));
      await store.endToken('t1', { expiresAt: new Date(AT) });
      expect((await store.findToken('h1'))?.expiresAt).toBe(AT);
    });

    promise('that expired before holds no more, and cannot be revoked', async (store) => {
      await store.saveToken(build('t1', { expiresAt: LATER }), 'h1');
      expect(await store.endToken('t1', { revokedAt: new Date(LATER) })).toBe(false);
      expect(await store.endToken('t1', { revokedAt: new Date(AT) })).toBe(true);
    });
  });

  describe(`${name}: the audit log`, () => {
    promise('is read newest first, page by page', async (store) => {
      for (const target of ['a', 'b', 'c', 'd']) await store.addAudit(entry(target));
      const first = await store.listAudit({ limit: 3 });
      expect(first.map(({ target }) => target)).toEqual(['d', 'c', 'b']);
      const { number, ...newest } = first[0]!;
      expect(newest).toStrictEqual(entry('d'));
      expect(number).toBeGreaterThan(first[1]!.number);
      const second = await store.listAudit({ limit: 3, before: first[2]!.number });
      expect(second.map(({ target }) => target)).toEqual(['a']);
    });

    promise('of a namespace has its own entries', async (store) => {
      await store.addAudit(entry('a'));
      await store.addAudit(entry('b', 'team'));
      await store.addAudit(entry('c'));
      const targets = async (filter: { namespace?: string; before?: number }) =>
        (await store.listAudit({ ...filter, limit: 9 })).map(({ target }) => target);
      expect(await targets({ namespace: 'default' })).toEqual(['c', 'a']);
      expect(await targets({})).toEqual(['c', 'b', 'a']);
      const [last] = await store.listAudit({ limit: 1 });
      expect(await targets({ namespace: 'default', before: last!.number })).toEqual(['a']);
    });
  });

  describe(`${name}: behaviour`, () => {
    promise('does nothing once its caller has given up', async (store) => {
      const given = AbortSignal.abort(new Error('given up'));
      await expect(store.addAudit(entry('a'), given)).rejects.toThrow('given up');
      await expect(store.hasTokens(given)).rejects.toThrow('given up');
      expect(await store.listAudit({ limit: 9 })).toEqual([]);
    });

    it('a closed store is unavailable', async () => {
      const store = await open();
      await store[Symbol.asyncDispose]();
      await expect(store.findToken('h')).rejects.toMatchObject({ code: 'casebook-unavailable', isRetryable: true });
    });
  });
}

function build(id: string, over: Partial<AccessToken> = {}): AccessToken {
  return { id, name: `token ${id}`, namespace: 'default', scopes: ['read'], createdAt: AT, ...over };
}

function entry(target: string, namespace = 'default'): AuditEntry {
  return { at: AT, who: 'local', namespace, action: 'token.create', target };
}
