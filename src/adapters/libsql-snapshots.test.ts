import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@libsql/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failed } from '../testing/diagnosis-builder.ts';
import { createLibsqlCasebook } from './libsql-casebook.ts';
import { LibsqlConnection } from './libsql-connection.ts';
import { createLibsqlSnapshots } from './libsql-snapshots.ts';
import { describeSnapshotStore } from './snapshot-store.contract.ts';

const KEY = 'a'.repeat(64);
const MOMENT = '2026-03-01T00:00:00.000Z';
const SNAPSHOT = {
  key: KEY,
  format: 'zipkin',
  createdAt: MOMENT,
  usedAt: MOMENT,
  spans: 1,
  bytes: 9,
  pages: 1,
} as const;
const PAGE = { upload: 'u', page: 1, content: new Uint8Array([1, 2]), savedAt: new Date(MOMENT) };
const DROP_ALL = { usedSince: new Date('2026-04-01T00:00:00Z'), maxBytes: 0, uploadedSince: new Date(0) };

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-snapshots-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function newUrl(): Promise<string> {
  return `file:${path.join(await mkdtemp(path.join(scratch, 'data-')), 'casebook.db')}`;
}

describeSnapshotStore('libSQL file', async () => createLibsqlSnapshots({ url: await newUrl() }));

describe('snapshots in the casebook file', () => {
  it('share one connection with the casebook, so that neither waits for the other', async () => {
    const url = await newUrl();
    await using connection = new LibsqlConnection({ url });
    const [casebook, snapshots] = [createLibsqlCasebook(connection), createLibsqlSnapshots(connection)];
    await Promise.all([casebook.saveDiagnosis(failed('x')), snapshots.savePage(PAGE)]);
    await snapshots.saveSnapshot('u', SNAPSHOT);
    await using reopened = createLibsqlCasebook({ url });
    expect(await reopened.findDiagnosis('x')).toStrictEqual(failed('x'));
  });

  it('are there after a restart', async () => {
    const url = await newUrl();
    {
      await using first = createLibsqlSnapshots({ url });
      await first.savePage(PAGE);
      await first.saveSnapshot('u', SNAPSHOT);
    }
    await using second = createLibsqlSnapshots({ url });
    expect(await second.findPage(KEY, 1)).toStrictEqual(PAGE.content);
  });

  it('make no file by being asked for', async () => {
    const url = await newUrl();
    await using store = createLibsqlSnapshots({ url });
    expect(await store.findSnapshot(KEY)).toBeUndefined();
    expect(await store.findPage(KEY, 1)).toBeUndefined();
    expect(await store.expire(DROP_ALL, new Date())).toBe(0);
    await expect(readFile(url.slice('file:'.length))).rejects.toThrow('ENOENT');
  });

  it('leave no content behind when they expire', async () => {
    const url = await newUrl();
    await using store = createLibsqlSnapshots({ url });
    await store.savePage(PAGE);
    await store.saveSnapshot('u', SNAPSHOT);
    await store.savePage({ ...PAGE, upload: 'again' });
    await store.saveSnapshot('again', SNAPSHOT);
    await store.expire(DROP_ALL, new Date());
    const client = createClient({ url });
    const { rows } = await client.execute('SELECT count(*) AS pages FROM snapshot_pages');
    client.close();
    expect(rows[0]?.['pages']).toBe(0);
  });

  it('of several replicas expire once', async () => {
    const url = await newUrl();
    await using one = createLibsqlSnapshots({ url });
    await using other = createLibsqlSnapshots({ url });
    await one.savePage(PAGE);
    await one.saveSnapshot('u', SNAPSHOT);
    const gone = await Promise.all([one, other].map((store) => store.expire(DROP_ALL, new Date())));
    expect(gone.toSorted()).toEqual([0, 1]);
  });
});

describe('a server that refuses', () => {
  it('is named with the settings to check', async () => {
    await using store = createLibsqlSnapshots({ url: 'http://127.0.0.1:1' });
    const failure = { code: 'casebook-unavailable', message: expect.stringContaining('CASEBOOK_URL') };
    await expect(store.savePage(PAGE)).rejects.toMatchObject(failure);
    await expect(store.findSnapshot(KEY)).rejects.toMatchObject(failure);
  });
});
