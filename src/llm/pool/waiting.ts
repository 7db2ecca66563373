import { untilAborted } from '../../domain/until-aborted.ts';

/** Those who wait until something may have become free, first come first served. */
export interface Waiting {
  /** Rejects with the signal's reason when it aborts first. */
  wait(signal: AbortSignal): Promise<void>;
  wake(): void;
}

export function createWaiting(): Waiting {
  let waiters: (() => void)[] = [];
  return {
    wait: (signal) => {
      const woken = new Promise<void>((resolve) => waiters.push(resolve));
      return untilAborted(woken, signal);
    },
    // All of them look again in their order, and who comes too late waits in the same order.
    wake: () => {
      const woken = waiters;
      waiters = [];
      for (const resolve of woken) resolve();
    },
  };
}
