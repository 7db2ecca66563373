import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { hashToken } from '../access/token.ts';
import { PrecedentError } from '../domain/errors.ts';
import { LOCAL_OPERATOR, type Principal } from '../domain/principal.ts';
import type { AccessStore } from '../ports.ts';
import { createMemoryAccess } from '../testing/memory-access.ts';
import { type AuditLog, createAuditLog } from './audit-log.ts';
import { createTokenDesk, type TokenDesk, type TokenWish } from './token-desk.ts';

const TEAM_A: Principal = { name: 'token:a-admin', namespace: 'team-a', scopes: ['admin'] };
const WISH: TokenWish = { name: 'ci', namespace: 'team-a', scopes: ['read', 'read', 'intake'] };
const DAY = 86_400_000;

let at: number;
let access: AccessStore;
let audit: AuditLog;
let desk: TokenDesk;
let changes: number;
beforeEach(() => {
  at = Date.parse('2026-03-31T12:00:00Z');
  changes = 0;
  access = createMemoryAccess();
  const now = () => new Date(at);
  audit = createAuditLog({ access, now, onFailure: () => {} });
  desk = createTokenDesk({ access, audit, randomBytes, now, onChanged: () => changes++ });
});

describe('the desk for tokens', () => {
  it('shows a token once and keeps its hash alone', async () => {
    const { token, record } = await desk.create(LOCAL_OPERATOR, { ...WISH, expiresInMs: 90 * DAY });
    expect(record).toEqual({
      id: token.slice(5, 17),
      name: 'ci',
      namespace: 'team-a',
      scopes: ['read', 'intake'],
      createdAt: '2026-03-31T12:00:00.000Z',
      expiresAt: '2026-06-29T12:00:00.000Z',
    });
    expect(await access.findToken(hashToken(token))).toEqual(record);
    expect(JSON.stringify([await desk.list(LOCAL_OPERATOR), await access.listAudit({ limit: 10 })])).not.toContain(
      token,
    );
    expect(changes).toBe(1);
  });

  it('ends a token once, and keeps its row', async () => {
    const { record } = await desk.create(LOCAL_OPERATOR, WISH);
    expect(await desk.revoke(LOCAL_OPERATOR, record.id)).toMatchObject({ revokedAt: '2026-03-31T12:00:00.000Z' });
    await expect(desk.revoke(LOCAL_OPERATOR, record.id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(desk.revoke(LOCAL_OPERATOR, 'unknown')).rejects.toMatchObject({ code: 'not-found' });
    expect(await desk.list(LOCAL_OPERATOR)).toHaveLength(1);
  });

  it('rotates: the new one may do the same for as long, and the old one has a day', async () => {
    const { record: old } = await desk.create(LOCAL_OPERATOR, { ...WISH, expiresInMs: 90 * DAY });
    at += 80 * DAY;
    const { record, token } = await desk.rotate(LOCAL_OPERATOR, old.id);
    expect(token.slice(5, 17)).toBe(record.id);
    expect(record).toMatchObject({ name: 'ci', namespace: 'team-a', scopes: ['read', 'intake'] });
    expect(Date.parse(record.expiresAt ?? '')).toBe(at + 90 * DAY);
    const ended = (await desk.list(LOCAL_OPERATOR)).find(({ id }) => id === old.id);
    expect(Date.parse(ended?.expiresAt ?? '')).toBe(at + DAY);
  });

  it('rotates without a grace when the old one got into wrong hands', async () => {
    const { record: old } = await desk.create(LOCAL_OPERATOR, WISH);
    await desk.rotate(LOCAL_OPERATOR, old.id, 0);
    const listed = await desk.list(LOCAL_OPERATOR);
    expect(listed.find(({ id }) => id === old.id)?.revokedAt).toBeDefined();
    await expect(desk.rotate(LOCAL_OPERATOR, old.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('can still end at once what a rotation lets hold for a while', async () => {
    const { record: old } = await desk.create(LOCAL_OPERATOR, WISH);
    await desk.rotate(LOCAL_OPERATOR, old.id);
    expect(await desk.revoke(LOCAL_OPERATOR, old.id)).toHaveProperty('revokedAt');
  });

  it('keeps an admin of one namespace inside it', async () => {
    const { record: others } = await desk.create(LOCAL_OPERATOR, { ...WISH, namespace: 'team-b' });
    const { record: own } = await desk.create(TEAM_A, { ...WISH, scopes: ['admin'] });
    for (const namespace of ['team-b', 'default', '*']) {
      await expect(desk.create(TEAM_A, { ...WISH, namespace })).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect((await desk.list(TEAM_A)).map(({ id }) => id)).toEqual([own.id]);
    await expect(desk.revoke(TEAM_A, others.id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(desk.rotate(TEAM_A, others.id)).rejects.toMatchObject({ code: 'not-found' });
    expect((await desk.list(LOCAL_OPERATOR)).find(({ id }) => id === others.id)?.revokedAt).toBeUndefined();
  });

  it('has each of it in the audit log, of which a team sees its own', async () => {
    const { record } = await desk.create(TEAM_A, WISH);
    const { record: next } = await desk.rotate(LOCAL_OPERATOR, record.id);
    await desk.revoke(TEAM_A, next.id);
    const seen = (entries: Awaited<ReturnType<AuditLog['list']>>) =>
      entries.map(({ who, action, target }) => [who, action, target]);
    const [made, rotated, revoked] = [
      ['token:a-admin', 'token.create', `${record.id} (ci)`],
      ['local', 'token.rotate', `${record.id} by ${next.id} (ci)`],
      ['token:a-admin', 'token.revoke', `${next.id} (ci)`],
    ];
    expect(seen(await audit.list(LOCAL_OPERATOR, { limit: 10 }))).toEqual([revoked, rotated, made]);
    expect(seen(await audit.list(TEAM_A, { limit: 10 }))).toEqual([revoked, made]);
    expect(await audit.list({ ...TEAM_A, namespace: 'team-b' }, { limit: 10 })).toEqual([]);
    const [newest] = await audit.list(LOCAL_OPERATOR, { limit: 1 });
    expect(seen(await audit.list(LOCAL_OPERATOR, { limit: 1, before: newest?.number }))).toEqual([rotated]);
  });
});

describe('an entry that cannot be written', () => {
  it('leaves what was done as it is, and is told to the log', async () => {
    const told: string[] = [];
    const away = new PrecedentError('casebook-unavailable', 'it is away');
    const failing = createAuditLog({
      access: { addAudit: () => Promise.reject(away), listAudit: async () => [] },
      now: () => new Date(at),
      onFailure: (what, error) => told.push(`${what}: ${error}`),
    });
    await failing.record(TEAM_A, 'verdict.give', 'x'.repeat(999));
    expect(told).toEqual([expect.stringMatching(/^audit verdict.give of x{300} by token:a-admin: .*it is away$/)]);
  });
});
