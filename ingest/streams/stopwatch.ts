/** Says how long each stage was at work. Stages run side by side, so together they may take longer than the whole. */
export interface Stopwatch {
  stage<T>(stage: string, work: () => Promise<T>): Promise<T>;
  /** Times what a stream does to bring its items, and not what is done with them. */
  stream<T>(stage: string, items: AsyncIterable<T>): AsyncGenerator<T>;
  /** Whole milliseconds per stage, in the order in which they first began, and `total`. */
  timings(): Record<string, number>;
}

interface Stage {
  /** Pieces of its work that go on now. */
  running: number;
  since: number;
  spent: number;
}

/** Pieces of a stage that overlap are counted once: the time in which at least one of them went on. */
export function createStopwatch(now: () => number = () => performance.now()): Stopwatch {
  const began = now();
  const stages = new Map<string, Stage>();
  const stage = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const found = stages.get(name) ?? { running: 0, since: 0, spent: 0 };
    stages.set(name, found);
    if (found.running++ === 0) found.since = now();
    try {
      return await work();
    } finally {
      if (--found.running === 0) found.spent += now() - found.since;
    }
  };
  async function* stream<T>(name: string, items: AsyncIterable<T>): AsyncGenerator<T> {
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
    stream,
    timings: () => ({
      ...Object.fromEntries([...stages].map(([name, { spent }]) => [name, Math.round(spent)])),
      total: Math.round(now() - began),
    }),
  };
}
