import { performance } from 'node:perf_hooks';

/** Counts what a thread works, and not what it waits for others. */
export interface WorkClock {
  /** Whether the thread is at work from now on. */
  turn(isWorking: boolean): void;
  /** More to do may take longer. */
  extend(ms: number): void;
  /** Rejects, with what the clock was given, when the time is over. */
  readonly late: Promise<never>;
  stop(): void;
}

export function createWorkClock(limitMs: number, explain: (allowedMs: number) => Error): WorkClock {
  let allowedMs = limitMs;
  let workedMs = 0;
  let since: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let expire = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    expire = () => reject(explain(allowedMs));
  });
  late.catch(() => {});
  return {
    late,
    turn(isWorking) {
      clearTimeout(timer);
      const now = performance.now();
      if (since !== undefined) workedMs += now - since;
      since = isWorking ? now : undefined;
      if (isWorking) timer = setTimeout(expire, Math.max(0, allowedMs - workedMs));
    },
    extend(ms) {
      allowedMs += ms;
    },
    stop: () => clearTimeout(timer),
  };
}
