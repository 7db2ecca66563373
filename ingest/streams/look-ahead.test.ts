import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inBatches, mapAhead } from './look-ahead.ts';

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* stream<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('working ahead', () => {
  it('gives results in the order of the items, whichever is ready first', async () => {
    const work = async (at: number) => sleep((at * 7) % 5, at);
    expect(await gather(mapAhead(upTo(20), { budget: 6 }, work))).toEqual(upTo(20));
  });

  it('begins no more than the budget allows, and one in any case', async () => {
    let [running, most] = [0, 0];
    const work = async (at: number) => {
      most = Math.max(most, ++running);
      await sleep(1);
      running--;
      return at;
    };
    await gather(mapAhead(upTo(20), { budget: 3 }, work));
    expect(most).toBe(3);
    most = 0;
    await gather(mapAhead(upTo(5), { budget: 10, weigh: () => 100 }, work));
    expect(most).toBe(1);
  });

  it('gives what is ready while it waits for further items', async () => {
    async function* slowly() {
      yield 1;
      await sleep(10_000, undefined, { ref: false });
    }
    const results = mapAhead(slowly(), { budget: 8 }, async (item) => item);
    expect(await results.next()).toEqual({ done: false, value: 1 });
  });

  it('fails with the first item that fails, after the others were stopped and waited for', async () => {
    const stopped: number[] = [];
    const work = async (at: number, signal: AbortSignal) => {
      if (at === 1) throw new Error('no');
      await sleep(at === 0 ? 1 : 5_000, undefined, { signal }).catch(() => stopped.push(at));
      return at;
    };
    await expect(gather(mapAhead(upTo(9), { budget: 4 }, work))).rejects.toThrow('no');
    expect(stopped).toEqual([2, 3]);
  });

  it('stops what is at work when its reader goes away', async () => {
    let stopped = 0;
    const work = async (at: number, signal: AbortSignal) => {
      await sleep(at === 0 ? 5 : 5_000, undefined, { signal }).catch(() => stopped++);
      return at;
    };
    for await (const _ of mapAhead(upTo(9), { budget: 4 }, work)) break;
    expect(stopped).toBe(3);
  });

  it('passes on why it was told to stop', async () => {
    const stop = new AbortController();
    const work = (at: number, signal: AbortSignal) => sleep(at === 0 ? 0 : 5_000, at, { signal });
    const results = mapAhead(upTo(9), { budget: 4 }, work, stop.signal);
    await results.next();
    stop.abort(new Error('enough'));
    await expect(gather(results)).rejects.toThrow();
  });
});

describe('batches', () => {
  it('are full, in order, and hold what is left at the end', async () => {
    expect(await gather(inBatches(stream(1, 1, 1, 5, 1), 3, (size) => size))).toEqual([[1, 1, 1], [5], [1]]);
  });
});
