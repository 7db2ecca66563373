import { Tinypool } from 'tinypool';
import { isPrecedentError, messageOf, PrecedentError } from '../domain/errors.ts';
import { untilAborted } from '../domain/until-aborted.ts';

/** How long closing waits for the tasks at work. */
const CLOSING_MS = 5_000;

export interface InferenceThreadsOptions {
  /** The URL of the worker file. */
  readonly worker: string;
  readonly threads: number;
  /** A task that takes longer than this has hung; its threads are replaced. */
  readonly taskMs: number;
  /** What a dead, hung or closed thread is told as. */
  readonly unavailable: 'embedder-unavailable' | 'reranker-unavailable';
  /** In its errors: `an embedding worker failed`. */
  readonly noun: string;
}

/**
 * Threads that run a model, so that the event loop keeps answering; started by the first task. A thread that dies or
 * hangs fails its task with a retryable error, and the next task has a new one.
 */
export class InferenceThreads<Task, Reply> {
  readonly #options: InferenceThreadsOptions;
  readonly #atWork = new Set<Promise<Reply>>();
  #pool: Tinypool | undefined;
  #closed: PrecedentError | undefined;

  constructor(options: InferenceThreadsOptions) {
    this.#options = options;
  }

  async run(task: Task): Promise<Reply> {
    const { taskMs, unavailable, noun } = this.#options;
    if (this.#closed) throw this.#closed;
    const pool = this.#startPool();
    const limit = AbortSignal.timeout(taskMs);
    try {
      const work: Promise<Reply> = pool.run(task);
      this.#atWork.add(work);
      work.finally(() => this.#atWork.delete(work)).catch(() => {});
      return await untilAborted(work, limit);
    } catch (error) {
      if (isPrecedentError(error)) throw error;
      if (this.#closed) throw this.#closed;
      // A hung worker would hold its place for ever.
      if (limit.aborted) await this.#replacePool();
      const reason = limit.aborted ? `no answer within ${taskMs / 1000} s` : messageOf(error);
      throw new PrecedentError(unavailable, `${noun} failed: ${reason}`, { cause: error });
    }
  }

  /** No task begins from now on; those at work are waited for, but not for long. */
  async close(reason: PrecedentError): Promise<void> {
    this.#closed = reason;
    await this.#finishTasks();
    await this.#replacePool();
  }

  #startPool(): Tinypool {
    if (this.#pool) return this.#pool;
    // No execArgv: the loaders and flags of the parent are for TypeScript, and the worker needs none.
    const pool = new Tinypool({
      filename: this.#options.worker,
      minThreads: this.#options.threads,
      maxThreads: this.#options.threads,
      execArgv: [],
    });
    // A worker that dies while idle is replaced by the pool; unheard, the event would end the process.
    pool.on('error', () => {});
    this.#pool = pool;
    return pool;
  }

  /** Ending a thread in the middle of native code ends the process with it; a task takes a fraction of a second. */
  async #finishTasks(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, CLOSING_MS);
    });
    await Promise.race([Promise.allSettled(this.#atWork), late]);
    clearTimeout(timer);
  }

  async #replacePool(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.destroy();
  }
}
