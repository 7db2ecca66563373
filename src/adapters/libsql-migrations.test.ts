import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@libsql/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { done, failed } from '../testing/diagnosis-builder.ts';
import { buildIncoming } from '../testing/intake-builder.ts';
import { createLibsqlAccess } from './libsql-access.ts';
import { createLibsqlBacktests } from './libsql-backtests.ts';
import { createLibsqlCasebook } from './libsql-casebook.ts';
import { LibsqlConnection } from './libsql-connection.ts';
import { createLibsqlConversations } from './libsql-conversations.ts';
import { createLibsqlIntake } from './libsql-intake.ts';
import { createLibsqlOutbox } from './libsql-outbox.ts';
import { createLibsqlSnapshots } from './libsql-snapshots.ts';

const AT = new Date('2026-06-01T12:00:00.000Z');

let scratch: string;
let url: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-migrations-'));
  url = `file:${path.join(scratch, 'casebook.db')}`;
  const client = createClient({ url });
  await client.executeMultiple(await readFile(new URL('__fixtures__/casebook-v4.sql', import.meta.url), 'utf8'));
  client.close();
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('a casebook of version 4', () => {
  it('is upgraded in place with all that it holds, and takes alerts, deliveries, conversations and tokens', async () => {
    await using connection = new LibsqlConnection({ url });
    const intake = createLibsqlIntake(connection);
    expect(await intake.accept([buildIncoming('o1')], AT)).toEqual([{ occurrence: 'o1', outcome: 'new' }]);
    expect(await createLibsqlOutbox(connection).listDeliveries({ limit: 9 })).toEqual([]);
    expect(await createLibsqlConversations(connection).findTurns('c', 'default', 9)).toBeUndefined();
    expect(await createLibsqlAccess(connection).hasTokens()).toBe(false);
    const casebook = createLibsqlCasebook(connection);
    expect(await casebook.findDiagnosis('d1')).toStrictEqual(done('d1', 'precedent'));
    expect(await casebook.findDiagnosis('d2')).toStrictEqual(failed('d2'));
    expect(await casebook.listVerdicts('d1')).toHaveLength(2);
    expect(await createLibsqlSnapshots(connection).findPage('a'.repeat(64), 1)).toStrictEqual(new Uint8Array([1, 2]));
    expect(await createLibsqlBacktests(connection).findReport('precedent')).toMatchObject({ id: 'r1' });
  });

  it('keeps its audit log from being rewritten', async () => {
    await using connection = new LibsqlConnection({ url });
    const access = createLibsqlAccess(connection);
    await access.addAudit({ at: AT.toISOString(), who: 'local', namespace: 'default', action: 'a', target: 't' });
    for (const sql of [`UPDATE audit_entries SET who = 'x'`, 'DELETE FROM audit_entries']) {
      await expect(connection.call((client) => client.execute(sql))).rejects.toThrow('only ever added to');
    }
    expect(await access.listAudit({ limit: 9 })).toMatchObject([{ who: 'local' }]);
  });
});
