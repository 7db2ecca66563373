import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrecedentError } from '../domain/errors.ts';

export interface FileLockOptions {
  readonly waitMs: number;
  /** A process number may be given to another process: where no turn takes this long, an older lock is nobody's. */
  readonly lifeMs?: number;
  /** What to throw when the wait was in vain; it should name the file. */
  readonly busy: (file: string) => PrecedentError;
}

/** No lock is ever seen half written, so one without a process number is a stranger's, or a full disk's. */
const UNREADABLE_MS = 5_000;
/** A guard is held for two file operations; a process that has not made them by now never will. */
const GUARD_LIFE_MS = 30_000;

/** What this process holds or waits for. In a container the process number repeats; a token does not. */
const heldHere = new Set<string>();

/** A lock that processes of one machine take turns with. The lock of a process that is gone is broken. */
export class FileLock {
  readonly #file: string;
  readonly #options: FileLockOptions;

  constructor(file: string, options: FileLockOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** Runs `turn` while nobody else who knows the file runs theirs. */
  async exclusively<T>(turn: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await mkdir(path.dirname(this.#file), { recursive: true });
    return withToken(async (token) => {
      await this.#acquire(token, signal);
      try {
        return await turn();
      } finally {
        await release(this.#file, token);
      }
    });
  }

  async #acquire(token: string, signal?: AbortSignal): Promise<void> {
    const deadline = Date.now() + this.#options.waitMs;
    while (!(await tryAcquire(this.#file, token))) {
      await breakStale(this.#file, this.#options.lifeMs);
      if (Date.now() > deadline) throw this.#options.busy(this.#file);
      await sleep(25, undefined, signal ? { signal } : {});
    }
  }
}

/** The token is known here before it is in a file and until after it is gone, or we would break our own lock. */
async function withToken<T>(use: (token: string) => Promise<T>): Promise<T> {
  const token = `${process.pid} ${randomUUID()}`;
  heldHere.add(token);
  try {
    return await use(token);
  } finally {
    heldHere.delete(token);
  }
}

/** Linked into place, so that the lock is whole from its first moment and never takes another's place. */
async function tryAcquire(file: string, token: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, token, { flag: 'wx' });
    await link(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function release(file: string, token: string): Promise<void> {
  if ((await readLock(file)) === token) await rm(file, { force: true });
}

/**
 * Looks again under a guard before it deletes: of those who found the lock stale only one deletes at a time, and the
 * next finds the newer holder's. The guard is such a lock itself, so one that a crash left behind is broken likewise.
 */
async function breakStale(file: string, lifeMs?: number): Promise<void> {
  if (!(await isStale(file, lifeMs))) return;
  const guard = `${file}.breaking`;
  await withToken(async (token) => {
    if (!(await tryAcquire(guard, token))) return breakStale(guard, GUARD_LIFE_MS);
    try {
      // What cannot be deleted stays, and whoever waits is told its name.
      if (await isStale(file, lifeMs)) await rm(file, { force: true }).catch(() => {});
    } finally {
      await release(guard, token);
    }
  });
}

async function isStale(file: string, lifeMs = Number.POSITIVE_INFINITY): Promise<boolean> {
  const held = (await readLock(file)) ?? '';
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return false;
  const age = Date.now() - found.mtimeMs;
  if (age > lifeMs) return true;
  const pid = Number.parseInt(held, 10);
  if (!(pid > 0)) return age > UNREADABLE_MS;
  return pid === process.pid ? !heldHere.has(held) : !isAlive(pid);
}

function readLock(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

/** Whether a process has this number; one that belongs to somebody else counts. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
