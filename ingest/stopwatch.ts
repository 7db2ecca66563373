/** Says how long each stage took, although the stages of a stream take turns. */
export interface Stopwatch {
  /** Times what a stream does to bring its items, less what the streams below it do. */
  stream<T>(stage: string, items: AsyncIterable<T>): AsyncGenerator<T>;
  stage<T>(stage: string, work: () => Promise<T>): Promise<T>;
  /** Whole milliseconds per stage. */
  timings(): Record<string, number>;
}

/** Stages nest and never run side by side, so the time that passes always belongs to the innermost one. */
export function createStopwatch(now: () => number = () => performance.now()): Stopwatch {
  const spent = new Map<string, number>();
  const running: string[] = [];
  let since = now();
  const charge = () => {
    const stage = running.at(-1);
    const time = now();
    if (stage !== undefined) spent.set(stage, (spent.get(stage) ?? 0) + time - since);
    since = time;
  };
  const stage = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    charge();
    running.push(name);
    try {
      return await work();
    } finally {
      charge();
      running.pop();
    }
  };
  async function* pull<T>(name: string, items: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = items[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await stage(name, () => iterator.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return {
    stage,
    stream(name, items) {
      // Streams are built in the order of the route and pulled from its end: the report keeps the route's order.
      if (!spent.has(name)) spent.set(name, 0);
      return pull(name, items);
    },
    timings: () => Object.fromEntries([...spent].map(([name, ms]) => [name, Math.round(ms)])),
  };
}
