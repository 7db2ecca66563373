import { PrecedentError } from '../domain/errors.ts';
import type { TraceThread } from './trace-thread.ts';

/** Threads and whose turn they are. */
export interface TraceTurns extends AsyncDisposable {
  /** Runs `work` in the first thread that is free. Throws `overloaded` when too many wait already. */
  run<T>(signal: AbortSignal, work: (thread: TraceThread) => Promise<T>): Promise<T>;
  /** Starts the thread that would be taken next. */
  warm(): Promise<void>;
  /** Whether somebody waits for a thread. */
  isWanted(): boolean;
}

export function createTraceTurns(threads: readonly TraceThread[], maxWaiting: number): TraceTurns {
  const free = [...threads];
  const waiting: ((thread: TraceThread) => void)[] = [];

  /** The thread that worked last is taken first: it is warm, and the others may end. */
  const findNext = () => free.findLast((thread) => thread.isRunning()) ?? free.at(-1);

  async function take(signal: AbortSignal): Promise<TraceThread> {
    const thread = findNext();
    if (thread) {
      free.splice(free.indexOf(thread), 1);
      return thread;
    }
    if (waiting.length >= maxWaiting) throw overloaded(maxWaiting);
    return new Promise((resolve, reject) => {
      const abort = () => {
        waiting.splice(waiting.indexOf(turn), 1);
        reject(signal.reason);
      };
      const turn = (thread: TraceThread) => {
        signal.removeEventListener('abort', abort);
        resolve(thread);
      };
      signal.addEventListener('abort', abort, { once: true });
      waiting.push(turn);
    });
  }

  function give(thread: TraceThread): void {
    const next = waiting.shift();
    if (next) next(thread);
    else free.push(thread);
  }

  return {
    async run(signal, work) {
      const thread = await take(signal);
      const settle = () => thread.settle().finally(() => give(thread));
      try {
        // No thread is started for whoever has gone away by now, nor when all of them are closed.
        signal.throwIfAborted();
        const result = await work(thread);
        // The thread that has just answered is free at once, and warmer than any that would start for the next caller.
        await settle();
        return result;
      } catch (error) {
        // Whoever was refused need not wait until the thread notices.
        void settle();
        throw error;
      }
    },
    warm: async () => findNext()?.warm(),
    isWanted: () => waiting.length > 0,
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map((thread) => thread[Symbol.asyncDispose]()));
    },
  };
}

function overloaded(waiting: number): PrecedentError {
  return new PrecedentError('overloaded', `${waiting} readings of traces wait already: send it again in a moment`);
}
