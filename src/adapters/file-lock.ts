import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
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
    const token = `${process.pid} ${randomUUID()}`;
    await this.#acquire(token, signal);
    try {
      return await turn();
    } finally {
      if ((await readLock(this.#file)) === token) await rm(this.#file, { force: true });
    }
  }

  async #acquire(token: string, signal?: AbortSignal): Promise<void> {
    const deadline = Date.now() + this.#options.waitMs;
    while (!(await this.#tryAcquire(token))) {
      await this.#breakStale();
      if (Date.now() > deadline) throw this.#options.busy(this.#file);
      await sleep(25, undefined, signal ? { signal } : {});
    }
  }

  async #tryAcquire(token: string): Promise<boolean> {
    try {
      const handle = await open(this.#file, 'wx');
      await handle.writeFile(token).finally(() => handle.close());
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  /** Moved aside before it is deleted: two processes that find it stale cannot delete each other's new lock unseen. */
  async #breakStale(): Promise<void> {
    const held = await readLock(this.#file);
    if (held === undefined || !(await this.#isStale(held))) return;
    const aside = `${this.#file}.${randomUUID()}`;
    await rename(this.#file, aside).catch(() => {});
    const moved = await readLock(aside);
    if (moved !== undefined && moved !== held) await rename(aside, this.#file);
    await rm(aside, { force: true });
  }

  async #isStale(held: string): Promise<boolean> {
    const pid = Number.parseInt(held, 10);
    if (pid > 0 && !isAlive(pid)) return true;
    if (this.#options.lifeMs === undefined) return false;
    const found = await stat(this.#file).catch(() => undefined);
    return found !== undefined && Date.now() - found.mtimeMs > this.#options.lifeMs;
  }
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
