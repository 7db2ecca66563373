import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { PrecedentError } from '../domain/errors.ts';
import { FileLock } from './file-lock.ts';

/** The server that runs on a data folder: its process, its port, and the process that will stop it. */
const Registration = z.object({ pid: z.int(), port: z.int(), owner: z.int() });
export type Registration = Readonly<z.infer<typeof Registration>>;

const LOCK = {
  waitMs: 90_000,
  /** No start takes this long. */
  lifeMs: 120_000,
  busy: (file: string) =>
    new PrecedentError(
      'index-unavailable',
      `another process is starting Chroma all the time; if none is, delete ${file}`,
    ),
};

/** What processes that share a data folder know of its server, and the lock they take turns with to change that. */
export class ChromaRegistry {
  readonly #file: string;
  readonly #lock: FileLock;

  constructor(folder: string) {
    this.#file = path.join(folder, 'chroma.json');
    this.#lock = new FileLock(path.join(folder, 'chroma.lock'), LOCK);
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
    return this.#lock.exclusively(change, signal);
  }
}
