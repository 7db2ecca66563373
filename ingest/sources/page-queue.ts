import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Runs a few tasks at a time and hands their outcomes over in the order in which they were asked for. A walk that asks
 * through it is breadth-first whatever page is slow, and so ends with the same pages each time.
 */
export function createQueue(maxRunning: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  let before: Promise<unknown> = Promise.resolve();

  const start = async <T>(task: () => Promise<T>): Promise<T> => {
    if (running >= maxRunning) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // The place goes to the next in line, or is free.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };

  return (task) => {
    const outcome = start(task);
    const turn = before.then(() => nextTurn());
    before = Promise.allSettled([outcome, turn]);
    return turn.then(() => outcome);
  };
}
