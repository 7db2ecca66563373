import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import { FileLock } from './file-lock.ts';

/** No process has a number this high. */
const GONE = `${2 ** 22 - 3} some-token`;
const ALIVE = `${process.ppid} some-token`;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'precedent-lock-'));
  file = path.join(folder, 'x.lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function lock(options: { readonly waitMs?: number; readonly lifeMs?: number } = {}): FileLock {
  const busy = (name: string) => new PrecedentError('ingest-running', `held: ${name}`);
  return new FileLock(file, { waitMs: 5_000, busy, ...options });
}

async function age(name: string, ms: number): Promise<void> {
  const then = new Date(Date.now() - ms);
  await utimes(name, then, then);
}

/** Takes many turns at once and returns how many ran side by side at most. */
async function takeTurns(count: number): Promise<number> {
  let running = 0;
  let most = 0;
  const turn = async () => {
    most = Math.max(most, ++running);
    await sleep(1);
    running--;
  };
  await Promise.all(Array.from({ length: count }, () => lock({ waitMs: 30_000 }).exclusively(turn)));
  return most;
}

describe('a lock', () => {
  it('is held by one at a time, names its process, and leaves nothing behind', async () => {
    expect(await lock().exclusively(() => readFile(file, 'utf8'))).toMatch(new RegExp(`^${process.pid} \\S+$`));
    expect(await takeTurns(20)).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is given back when the turn fails', async () => {
    await expect(lock().exclusively(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['of a living process', ALIVE],
    ['that was written this moment and holds nothing', ''],
  ])('%s is respected', async (_whose, held) => {
    await writeFile(file, held);
    await expect(lock({ waitMs: 60 }).exclusively(async () => {})).rejects.toMatchObject({
      code: 'ingest-running',
      message: expect.stringContaining(file),
    });
    expect(await readFile(file, 'utf8')).toBe(held);
  });

  it('of this process is respected however short the wait', async () => {
    await lock().exclusively(async () => {
      await expect(lock({ waitMs: 60 }).exclusively(async () => {})).rejects.toMatchObject({ code: 'ingest-running' });
    });
  });

  it.each([
    ['of a process that is gone', GONE],
    ['with our process number, from before a restart', `${process.pid} some-token`],
  ])('%s is broken', async (_whose, held) => {
    await writeFile(file, held);
    expect(await lock().exclusively(async () => 'done')).toBe('done');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['', 'no number'])('that holds %j is broken after a few seconds', async (held) => {
    await writeFile(file, held);
    await age(file, 6_000);
    expect(await lock().exclusively(async () => 'done')).toBe('done');
  });

  it('that outlived every possible turn is broken, whoever has its process number now', async () => {
    await writeFile(file, ALIVE);
    await age(file, 2_000);
    expect(await lock({ lifeMs: 1_000 }).exclusively(async () => 'done')).toBe('done');
  });

  it('found stale by many at once goes to one of them after the other', async () => {
    await writeFile(file, GONE);
    expect(await takeTurns(30)).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is broken also when whoever broke it before us crashed over it', async () => {
    await writeFile(file, GONE);
    await writeFile(`${file}.breaking`, GONE);
    expect(await takeTurns(10)).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });
});
