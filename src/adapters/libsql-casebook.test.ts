import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '@libsql/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failed, pending } from '../testing/diagnosis-builder.ts';
import { describeCasebook } from './casebook.contract.ts';
import { createLibsqlCasebook } from './libsql-casebook.ts';
import { migrate } from './libsql-migrations.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-casebook-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function newUrl(): Promise<string> {
  return `file:${path.join(await mkdtemp(path.join(scratch, 'data-')), 'casebook.db')}`;
}

describeCasebook('libSQL file', async () => createLibsqlCasebook({ url: await newUrl() }));

describe('a casebook file', () => {
  it('is there again after a restart', async () => {
    const url = await newUrl();
    {
      await using first = createLibsqlCasebook({ url });
      await first.saveDiagnosis(failed('x'));
    }
    await using second = createLibsqlCasebook({ url });
    expect(await second.findDiagnosis('x')).toStrictEqual(failed('x'));
  });

  it('is made with its folder, whatever characters the path holds', async () => {
    const file = path.join(scratch, 'a b', '100% ünï?#', 'casebook.db');
    await using casebook = createLibsqlCasebook({ url: `file:${file}` });
    await casebook.ping();
    expect((await readFile(file)).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  it('is not touched before it is asked for', async () => {
    const url = await newUrl();
    await using _ = createLibsqlCasebook({ url });
    await expect(readFile(url.slice('file:'.length))).rejects.toThrow('ENOENT');
  });

  it('is not made by asking what was said in it', async () => {
    const url = await newUrl();
    await using casebook = createLibsqlCasebook({ url });
    expect(await casebook.countVerdictChanges()).toBe(0);
    await expect(readFile(url.slice('file:'.length))).rejects.toThrow('ENOENT');
    await casebook.saveVerdict({ diagnosisId: 'x', by: 'ana', verdict: 'confirmed', at: '2026-03-02T10:00:00.000Z' });
    expect(await casebook.countVerdictChanges()).toBe(1);
  });

  it('that is something else says so and is left as it was', async () => {
    const url = await newUrl();
    const file = url.slice('file:'.length);
    const text = 'These are the notes of somebody, and no database. '.repeat(50);
    await writeFile(file, text);
    await using casebook = createLibsqlCasebook({ url });
    const failure = { code: 'casebook-unavailable', message: expect.stringContaining(file) };
    await expect(casebook.ping()).rejects.toMatchObject(failure);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('works again once what was wrong is mended', async () => {
    const folder = await mkdtemp(path.join(scratch, 'data-'));
    const blocked = path.join(folder, 'blocked');
    await writeFile(blocked, '');
    await using casebook = createLibsqlCasebook({ url: `file:${path.join(blocked, 'casebook.db')}` });
    await expect(casebook.ping()).rejects.toMatchObject({ code: 'casebook-unavailable', isRetryable: true });
    await rm(blocked);
    await casebook.ping();
  });
});

describe('migrations', () => {
  it('let several processes start on a new file at once, and lose none of their writes', async () => {
    const url = await newUrl();
    const script = `
      import { register } from 'tsx/esm/api';
      register();
      const { createLibsqlCasebook } = await import('./src/adapters/libsql-casebook.ts');
      const casebook = createLibsqlCasebook({ url: ${JSON.stringify(url)} });
      for (let n = 0; n < 20; n++) {
        await casebook.saveDiagnosis({ status: 'pending', id: process.argv[1] + n, createdAt: '2026-03-01T10:00:00Z' });
      }`;
    const run = (id: string) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, id], { cwd: PROJECT });
    await Promise.all(['a', 'b', 'c', 'd'].map(run));
    await using casebook = createLibsqlCasebook({ url });
    for (const id of ['a0', 'b19', 'c7', 'd19']) expect((await casebook.findDiagnosis(id))?.status).toBe('pending');
  });

  it('are applied once each, in order, and not by half', async () => {
    const client = createClient({ url: await newUrl() });
    const first = { name: 'first', statements: ['CREATE TABLE one (x)'] };
    await migrate(client, [first]);
    const broken = { name: 'broken', statements: ['CREATE TABLE two (x)', 'CREATE TABLE one (x)'] };
    await expect(migrate(client, [first, broken])).rejects.toThrow('already exists');
    const mended = { name: 'mended', statements: ['CREATE TABLE two (x)'] };
    await migrate(client, [first, mended]);
    await migrate(client, [first, mended]);
    const { rows } = await client.execute('SELECT number, name FROM migrations ORDER BY number');
    expect(rows.map(({ number, name }) => [number, name])).toEqual([
      [1, 'first'],
      [2, 'mended'],
    ]);
    client.close();
  });

  it('refuse a casebook of a newer version, and say what to do', async () => {
    const url = await newUrl();
    await using casebook = createLibsqlCasebook({ url });
    const client = createClient({ url });
    await migrate(
      client,
      Array.from({ length: 99 }, (_, at) => ({ name: `${at}`, statements: [] })),
    );
    client.close();
    const failure = { code: 'casebook-unavailable', message: expect.stringContaining('update Precedent') };
    await expect(casebook.ping()).rejects.toMatchObject(failure);
  });
});

describe('a casebook server', () => {
  it('that refuses is named with the settings to check, without its token', async () => {
    const url = 'http://127.0.0.1:1';
    await using casebook = createLibsqlCasebook({ url, authToken: 'secret-token' });
    const saving = casebook.saveDiagnosis(pending('x'));
    await expect(saving).rejects.toMatchObject({
      code: 'casebook-unavailable',
      message: expect.stringMatching(/^the casebook at http:\/\/127\.0\.0\.1:1 (?!.*secret-token).*CASEBOOK_URL/s),
    });
  });

  it('that accepts and says nothing does not keep the program from closing', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const casebook = createLibsqlCasebook({ url: `http://127.0.0.1:${port}`, callMs: 60_000 });
    const asked = casebook.ping().catch(() => {});
    const before = performance.now();
    await casebook[Symbol.asyncDispose]();
    expect(performance.now() - before).toBeLessThan(10_000);
    await asked;
    server.close();
  }, 20_000);

  it('that accepts and says nothing is given up in time', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using casebook = createLibsqlCasebook({ url, callMs: 300 });
    await expect(casebook.saveDiagnosis(pending('x'))).rejects.toThrow('did not answer in time');
    server.close();
  });
});
