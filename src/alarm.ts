/** What a loop sleeps by: until it is rung, its time is over, or nobody wants it any more. */
export interface Alarm {
  /** Wakes whoever sleeps; where nobody does, the next sleep is over at once. */
  ring(): void;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** For one sleeper. Its timer keeps no process alive. */
export function createAlarm(): Alarm {
  let isRung = false;
  let wake = () => {};
  return {
    ring() {
      isRung = true;
      wake();
    },
    async sleep(ms, signal) {
      if (!isRung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          timer.unref();
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          signal.addEventListener('abort', wake, { once: true });
        });
        signal.removeEventListener('abort', wake);
        wake = () => {};
      }
      isRung = false;
    },
  };
}
