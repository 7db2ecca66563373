import { setImmediate as afterReply, setTimeout as sleep } from 'node:timers/promises';
import { startDeadline } from '../adapters/deadline.ts';
import { PrecedentError } from '../domain/errors.ts';
import { untilAborted } from '../domain/until-aborted.ts';

export interface ErrandLimits {
  /** At once; who comes then is turned away. */
  readonly most: number;
  /** Of one errand. */
  readonly limitMs: number;
  /** What those at work are given once the process stops. */
  readonly graceMs: number;
}

/** Work that is done after its caller was answered. */
export interface Errands extends AsyncDisposable {
  /** Given once the process stops. */
  readonly stopping: AbortSignal;
  /** False where there is no room. `tell` is given what came of `work`, or why nothing did; it throws nothing. */
  start<T>(work: (signal: AbortSignal) => Promise<T>, tell: (outcome: Outcome<T>) => Promise<void>): boolean;
}

export type Outcome<T> = { readonly result: T } | { readonly error: unknown };

export function createErrands({ most, limitMs, graceMs }: ErrandLimits): Errands {
  const running = new Set<Promise<void>>();
  const closing = new AbortController();

  async function run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    // The reply goes out before anything begins.
    await afterReply();
    using deadline = startDeadline(limitMs, closing.signal);
    try {
      return { result: await untilAborted(work(deadline.signal), deadline.signal) };
    } catch (error) {
      return { error: deadline.isOver() ? tooLong(limitMs) : error };
    }
  }

  return {
    stopping: closing.signal,
    start(work, tell) {
      if (closing.signal.aborted || running.size >= most) return false;
      const errand = run(work)
        .then(tell)
        .finally(() => running.delete(errand));
      running.add(errand);
      return true;
    },
    async [Symbol.asyncDispose]() {
      const done = new AbortController();
      const grace = sleep(graceMs, undefined, { signal: done.signal }).catch(() => {});
      await Promise.race([Promise.allSettled(running), grace]);
      done.abort();
      closing.abort(new PrecedentError('interrupted', 'the process stopped before this was answered: ask again'));
      await Promise.allSettled(running);
    },
  };
}

function tooLong(limitMs: number): PrecedentError {
  return new PrecedentError('interrupted', `it took longer than ${limitMs / 1_000} s: ask again in a moment`);
}
