import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createLibsqlAccess } from '../adapters/libsql-access.ts';
import { LOCAL_OPERATOR } from '../domain/principal.ts';
import { createAuditLog } from './audit-log.ts';
import { createGatekeeper } from './gatekeeper.ts';
import { createTokenDesk } from './token-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'precedent-access-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a command and a service share one casebook, in which no token can be read', async () => {
  const file = join(folder, 'casebook.db');
  await using command = createLibsqlAccess({ url: `file:${file}` });
  await using service = createLibsqlAccess({ url: `file:${file}` });
  const now = () => new Date();
  let elapsed = 0;
  const audit = createAuditLog({ access: command, now, onFailure: () => {} });
  const desk = createTokenDesk({ access: command, audit, randomBytes, now, onChanged: () => {} });
  const claims = { scope: 'scope', namespace: 'team', name: 'sub' };
  const keeper = createGatekeeper({
    ...{ access: service, apiTokens: [], mode: 'open', claims, now },
    elapsed: () => elapsed,
  });
  expect(await keeper.isOpen()).toBe(true);
  const { token, record } = await desk.create(LOCAL_OPERATOR, { name: 'ci', namespace: 'team-a', scopes: ['read'] });
  expect(await keeper.identify(`Bearer ${token}`)).toMatchObject({
    name: `token:ci#${record.id}`,
    namespace: 'team-a',
  });
  elapsed += 5_000;
  expect(await keeper.isOpen()).toBe(false);
  const { token: next } = await desk.rotate(LOCAL_OPERATOR, record.id);
  await desk.revoke(LOCAL_OPERATOR, record.id);
  elapsed += 5_000;
  await expect(keeper.identify(`Bearer ${token}`)).rejects.toThrow(`${record.id} is revoked since`);
  expect(await keeper.identify(`Bearer ${next}`)).toMatchObject({ name: `token:ci#${next.slice(5, 17)}` });
  const kept = ['', '-wal'].map((end) => readFileSync(file + end, 'latin1')).join('');
  expect(kept).toContain(record.id);
  for (const shown of [token, next]) expect(kept).not.toContain(shown.slice(18, 40));
});
