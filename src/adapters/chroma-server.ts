import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrecedentError } from '../domain/errors.ts';
import { ChromaProcess, probe, stopOrphan } from './chroma-process.ts';
import { ChromaRegistry, type Registration } from './chroma-registration.ts';
import { isAlive } from './file-lock.ts';

export interface ChromaServerOptions {
  readonly dataDir: string;
  /** A server that dies more often than this in a minute is not started again. */
  readonly startsPerMinute?: number;
}

const MINUTE_MS = 60_000;
/** How long a live server may be too busy to answer before it counts as hung. */
const PATIENCE_MS = 5_000;

/**
 * The Chroma server of a data folder: one for all processes that use the folder, because two would write the same files.
 * Whoever needs it first starts it and stops it; a server whose owner was killed belongs to whoever finds it.
 */
export class ChromaServer implements AsyncDisposable {
  readonly #dataPath: string;
  readonly #registry: ChromaRegistry;
  readonly #startsPerMinute: number;
  readonly #lifetime = new AbortController();
  #port: number | undefined;
  #finding: Promise<number> | undefined;
  #process: ChromaProcess | undefined;
  /** Process number of a server whose owner was found dead. */
  #adopted: number | undefined;
  #lastPort: number | undefined;
  #starts: number[] = [];

  constructor(options: ChromaServerOptions) {
    const folder = path.resolve(options.dataDir);
    this.#dataPath = path.join(folder, 'chroma');
    this.#registry = new ChromaRegistry(folder);
    this.#startsPerMinute = options.startsPerMinute ?? 5;
  }

  /** The URL of a server that answered when it was found. Costs nothing while it is up. */
  async ensureRunning(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    this.#lifetime.signal.throwIfAborted();
    if (this.#port === undefined) {
      this.#finding ??= this.#find().finally(() => {
        this.#finding = undefined;
      });
      this.#port = await this.#finding;
      this.#lastPort = this.#port;
    }
    return toUrl(this.#port);
  }

  /** To be told when a call to `url` found nobody there: the next `ensureRunning` looks again. */
  forget(url: string): void {
    if (this.#port !== undefined && toUrl(this.#port) === url) this.#port = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#lifetime.signal.aborted) return;
    this.#lifetime.abort(new PrecedentError('index-unavailable', 'the index is closed'));
    await this.#finding?.catch(() => {});
    if (this.#lastPort === undefined) return;
    // In turn with other processes: one that starts a server now must not meet the files of one that is ending.
    await this.#registry.exclusively(() => this.#stopOwned());
  }

  /** Ends the server if this object started it, or if whoever did is gone. */
  async #stopOwned(): Promise<void> {
    const registered = await this.#registry.find();
    const isOurs = registered !== undefined && registered.pid === this.#process?.pid;
    const isOrphan = registered?.port === this.#lastPort && registered !== undefined && this.#isOrphan(registered);
    if (isOurs || isOrphan) await this.#registry.remove();
    await this.#process?.stop();
    if (isOrphan && !isOurs) await stopOrphan(registered.pid);
  }

  #isOrphan({ pid, owner }: Registration): boolean {
    return pid === this.#adopted || !isAlive(owner);
  }

  async #find(): Promise<number> {
    const registered = await this.#registry.find();
    if (registered && registered.owner !== process.pid && isAlive(registered.owner) && (await isHealthy(registered))) {
      return registered.port;
    }
    return this.#registry.exclusively(() => this.#adoptOrStart(), this.#lifetime.signal);
  }

  async #adoptOrStart(): Promise<number> {
    const registered = await this.#registry.find();
    if (!registered || !(await isHealthyWithPatience(registered))) return this.#start();
    // Two indexes of one process share its server too: the one that started it stops it.
    if (!isAlive(registered.owner)) await this.#adopt(registered);
    return registered.port;
  }

  async #adopt(registered: Registration): Promise<void> {
    this.#adopted = registered.pid;
    await this.#registry.write({ ...registered, owner: process.pid });
  }

  async #start(): Promise<number> {
    await this.#process?.stop();
    this.#adopted = undefined;
    this.#requireStartsLeft();
    const started = await ChromaProcess.start(this.#dataPath, this.#lifetime.signal);
    this.#process = started;
    started.onExit(() => this.forget(toUrl(started.port)));
    await this.#registry.write({ pid: started.pid, port: started.port, owner: process.pid });
    return started.port;
  }

  #requireStartsLeft(): void {
    const now = Date.now();
    this.#starts = this.#starts.filter((start) => now - start < MINUTE_MS);
    if (this.#starts.length >= this.#startsPerMinute) {
      throw new PrecedentError(
        'index-unavailable',
        `the embedded Chroma server was started ${this.#starts.length} times within a minute and ended each time; ` +
          `it is not started again before the minute is over. Its files are in ${this.#dataPath}`,
      );
    }
    this.#starts.push(now);
  }
}

async function isHealthy({ pid, port }: Registration): Promise<boolean> {
  return isAlive(pid) && (await probe(port)) === 'healthy';
}

/** A server that is alive but busy must not be doubled; one that nobody can reach is gone. */
async function isHealthyWithPatience(registered: Registration): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS;
  while (isAlive(registered.pid)) {
    const health = await probe(registered.port);
    if (health === 'healthy') return true;
    if (health === 'absent' || Date.now() > deadline) return false;
    await sleep(100);
  }
  return false;
}

function toUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}
