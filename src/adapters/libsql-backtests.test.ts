import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '@libsql/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCalibration, buildOutcome, KEY } from '../testing/backtest-builder.ts';
import { done, failed } from '../testing/diagnosis-builder.ts';
import { describeBacktestStore } from './backtest-store.contract.ts';
import { createLibsqlBacktests } from './libsql-backtests.ts';
import { createLibsqlCasebook } from './libsql-casebook.ts';
import { LibsqlConnection } from './libsql-connection.ts';
import { createLibsqlSnapshots } from './libsql-snapshots.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const AT = new Date('2026-03-10T12:00:00.000Z');

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-backtests-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function newUrl(): Promise<string> {
  return `file:${path.join(await mkdtemp(path.join(scratch, 'data-')), 'casebook.db')}`;
}

describeBacktestStore('libSQL file', async () => createLibsqlBacktests({ url: await newUrl() }));

describe('backtests in the casebook file', () => {
  it('share one connection with the casebook and the snapshots', async () => {
    const url = await newUrl();
    await using connection = new LibsqlConnection({ url });
    const [casebook, backtests] = [createLibsqlCasebook(connection), createLibsqlBacktests(connection)];
    await Promise.all([casebook.saveDiagnosis(failed('x')), backtests.saveCase(KEY, buildOutcome('a'), AT)]);
    await using reopened = createLibsqlCasebook({ url });
    expect(await reopened.findDiagnosis('x')).toStrictEqual(failed('x'));
  });

  it('are there after a restart, and a run goes on where it stopped', async () => {
    const url = await newUrl();
    {
      await using first = createLibsqlBacktests({ url });
      await first.saveCase(KEY, buildOutcome('a'), AT);
      await first.saveCalibration(buildCalibration('c1'));
    }
    await using second = createLibsqlBacktests({ url });
    await second.saveCase(KEY, buildOutcome('b'), AT);
    expect(await second.listOutcomes(KEY)).toStrictEqual([buildOutcome('a'), buildOutcome('b')]);
    expect(await second.findCalibration('precedent')).toStrictEqual(buildCalibration('c1'));
  });

  it('make no file by being asked for', async () => {
    const url = await newUrl();
    await using store = createLibsqlBacktests({ url });
    expect(await store.listOutcomes(KEY)).toEqual([]);
    expect(await store.findCalibration('precedent')).toBeUndefined();
    expect(await store.listCalibrations(10)).toEqual([]);
    expect(await store.findReport('llm')).toBeUndefined();
    await store.discardRun(KEY);
    await expect(readFile(url.slice('file:'.length))).rejects.toThrow('ENOENT');
  });

  it('of two processes at once lose nothing, and hold each incident once', async () => {
    const url = await newUrl();
    const script = `
      import { register } from 'tsx/esm/api';
      register();
      const { createLibsqlBacktests } = await import('./src/adapters/libsql-backtests.ts');
      const { buildOutcome, buildCalibration, KEY } = await import('./src/testing/backtest-builder.ts');
      const store = createLibsqlBacktests({ url: ${JSON.stringify(url)} });
      const [name, from] = [process.argv[1], Number(process.argv[2])];
      for (let n = from; n < from + 40; n++) await store.saveCase(KEY, buildOutcome('i' + n), new Date());
      await store.saveCalibration(buildCalibration(name));
      await store[Symbol.asyncDispose]();`;
    const run = (name: string, from: string) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, name, from], { cwd: PROJECT });
    await Promise.all([run('one', '0'), run('other', '20')]);
    await using store = createLibsqlBacktests({ url });
    const outcomes = await store.listOutcomes(KEY);
    expect(outcomes).toHaveLength(60);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(60);
    expect((await store.listCalibrations(9)).map(({ id }) => id).toSorted()).toEqual(['one', 'other']);
  }, 60_000);

  it('list five thousand cases in under a second, and leave others their turn meanwhile', async () => {
    const url = await newUrl();
    await using store = createLibsqlBacktests({ url });
    await store.saveCase(KEY, buildOutcome('i0'), AT);
    const client = createClient({ url });
    await client.execute(
      `INSERT INTO backtest_outcomes (run, incident, saved_at, record)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4999)
       SELECT run, 'i' || i, saved_at, replace(record, 'i0', 'i' || i) FROM n, backtest_outcomes`,
    );
    client.close();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const before = performance.now();
    const outcomes = await store.listOutcomes(KEY);
    const took = performance.now() - before;
    clearInterval(timer);
    expect(outcomes).toHaveLength(5_000);
    expect(outcomes.at(-1)).toStrictEqual(buildOutcome('i4999'));
    expect(took).toBeLessThan(1_000);
    expect(turns).toBeGreaterThan(5);
  }, 30_000);
});

describe('a casebook of version 3', () => {
  async function openOld(): Promise<string> {
    const url = await newUrl();
    const client = createClient({ url });
    await client.executeMultiple(
      await readFile(path.join(PROJECT, 'src/adapters/__fixtures__/casebook-v3.sql'), 'utf8'),
    );
    client.close();
    return url;
  }

  it('is upgraded in place with all that it holds', async () => {
    const url = await openOld();
    await using connection = new LibsqlConnection({ url });
    const backtests = createLibsqlBacktests(connection);
    await backtests.saveCase(KEY, buildOutcome('a'), AT);
    expect(await backtests.listOutcomes(KEY)).toStrictEqual([buildOutcome('a')]);
    const casebook = createLibsqlCasebook(connection);
    expect(await casebook.findDiagnosis('d1')).toStrictEqual(done('d1', 'precedent'));
    expect(await casebook.findDiagnosis('d2')).toStrictEqual(failed('d2'));
    expect((await casebook.listVerdicts('d1')).map(({ verdict, ended }) => [verdict, ended?.how])).toEqual([
      ['confirmed', 'superseded'],
      ['rejected', undefined],
    ]);
    const snapshots = createLibsqlSnapshots(connection);
    expect(await snapshots.findPage('a'.repeat(64), 1)).toStrictEqual(new Uint8Array([1, 2]));
  });

  it('has nothing of a backtest until there is one', async () => {
    await using store = createLibsqlBacktests({ url: await openOld() });
    expect(await store.listOutcomes(KEY)).toEqual([]);
    expect(await store.findCalibration('precedent')).toBeUndefined();
    expect(await store.findReport('precedent')).toBeUndefined();
  });
});

describe('a server that refuses', () => {
  it('is named with the settings to check', async () => {
    await using store = createLibsqlBacktests({ url: 'http://127.0.0.1:1' });
    const failure = { code: 'casebook-unavailable', message: expect.stringContaining('CASEBOOK_URL') };
    await expect(store.listOutcomes(KEY)).rejects.toMatchObject(failure);
    await expect(store.saveCalibration(buildCalibration('c1'))).rejects.toMatchObject(failure);
  });
});
