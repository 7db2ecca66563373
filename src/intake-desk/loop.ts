import { performance } from 'node:perf_hooks';
import { createTellOnce } from './tell-once.ts';

/** Work that is done whenever there is some: woken by whoever brings it, and looking by itself now and then. */
export interface Loop extends AsyncDisposable {
  start(): void;
  /** There is work. While a round runs, one more comes after it. */
  wake(): void;
}

export interface LoopParts {
  /** One round. True when there is more to do. */
  readonly run: () => Promise<boolean>;
  /** After a round that nobody asked for another: what other processes brought is seen then. */
  readonly idleMs: number;
  /** Between two rounds at least, so that what comes one by one is done together. */
  readonly paceMs?: number;
  /** After a failure; twice as long each time. */
  readonly retryMs?: number;
  readonly onFailure: (error: unknown) => void;
}

const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

export function createLoop({ run, idleMs, paceMs = 0, retryMs = RETRY_MS, onFailure }: LoopParts): Loop {
  const failure = createTellOnce(onFailure);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let state: 'new' | 'started' | 'closed' = 'new';
  let isWoken = false;
  let failures = 0;
  let endedAt = Number.NEGATIVE_INFINITY;

  async function round(): Promise<void> {
    isWoken = false;
    try {
      const hasMore = await run();
      failures = 0;
      failure.worked();
      return schedule(hasMore || isWoken ? paceMs : idleMs);
    } catch (error) {
      if (state !== 'closed') failure.failed(error);
      schedule(Math.min(retryMs * 2 ** failures++, MAX_RETRY_MS));
    } finally {
      endedAt = performance.now();
      running = undefined;
    }
  }

  function schedule(afterMs: number): void {
    clearTimeout(timer);
    if (state !== 'started') return;
    timer = setTimeout(() => {
      running = round();
    }, afterMs);
    // How long the process lives is for others to say.
    timer.unref();
  }

  return {
    start() {
      if (state !== 'new') return;
      state = 'started';
      schedule(0);
    },
    wake() {
      isWoken = true;
      // What is broken is not made whole by more work: then only time helps.
      if (running === undefined && failures === 0) schedule(Math.max(0, endedAt + paceMs - performance.now()));
    },
    async [Symbol.asyncDispose]() {
      state = 'closed';
      clearTimeout(timer);
      await running;
    },
  };
}
