import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { PrecedentError } from '../domain/errors.ts';

/** The server that runs on a data folder: its process, its port, and the process that will stop it. */
const Registration = z.object({ pid: z.int(), port: z.int(), owner: z.int() });
export type Registration = Readonly<z.infer<typeof Registration>>;

const LOCK_WAIT_MS = 90_000;
/** A process number may be given to another process; no start takes this long. */
const LOCK_LIFE_MS = 120_000;

/** What processes that share a data folder know of its server, and the lock they take turns with to change that. */
export class ChromaRegistry {
  readonly #folder: string;
  readonly #file: string;
  readonly #lock: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#file = path.join(folder, 'chroma.json');
    this.#lock = path.join(folder, 'chroma.lock');
  }

  /** Undefined when nothing is registered, or what is there cannot be read. */
  async find(): Promise<Registration | undefined> {
    const text = await readFile(this.#file, 'utf8').catch(() => '{}');
    try {
      return Registration.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  /** Renamed into place, so that a reader sees a whole registration or none. */
  async write(registration: Registration): Promise<void> {
    const draft = `${this.#file}.${randomUUID()}`;
    await writeFile(draft, `${JSON.stringify(registration)}\n`);
    await rename(draft, this.#file);
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  /** Runs `change` while no other process starts or stops the server of this folder. */
  async exclusively<T>(change: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await mkdir(this.#folder, { recursive: true });
    const token = `${process.pid} ${randomUUID()}`;
    await this.#acquire(token, signal);
    try {
      return await change();
    } finally {
      if ((await readLock(this.#lock)) === token) await rm(this.#lock, { force: true });
    }
  }

  async #acquire(token: string, signal?: AbortSignal): Promise<void> {
    const deadline = Date.now() + LOCK_WAIT_MS;
    while (!(await this.#tryAcquire(token))) {
      await this.#breakStale();
      if (Date.now() > deadline) {
        throw new PrecedentError(
          'index-unavailable',
          `another process has been starting Chroma for ${LOCK_WAIT_MS / 1000} s; ` +
            `if none is, delete ${this.#lock}`,
        );
      }
      await sleep(25, undefined, signal ? { signal } : {});
    }
  }

  async #tryAcquire(token: string): Promise<boolean> {
    try {
      const handle = await open(this.#lock, 'wx');
      await handle.writeFile(token).finally(() => handle.close());
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  /** Moved aside before it is deleted: two processes that find it stale cannot delete each other's new lock unseen. */
  async #breakStale(): Promise<void> {
    const held = await readLock(this.#lock);
    if (held === undefined || !(await this.#isStale(held))) return;
    const aside = `${this.#lock}.${randomUUID()}`;
    await rename(this.#lock, aside).catch(() => {});
    const moved = await readLock(aside);
    if (moved !== undefined && moved !== held) await rename(aside, this.#lock);
    await rm(aside, { force: true });
  }

  async #isStale(held: string): Promise<boolean> {
    const pid = Number.parseInt(held, 10);
    if (pid > 0 && !isAlive(pid)) return true;
    const found = await stat(this.#lock).catch(() => undefined);
    return found !== undefined && Date.now() - found.mtimeMs > LOCK_LIFE_MS;
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
