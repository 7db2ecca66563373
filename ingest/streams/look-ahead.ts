import { setMaxListeners } from 'node:events';

/** How far to run ahead: items are begun until what they weigh together reaches `budget`. One is begun in any case. */
export interface LookAhead<Item> {
  readonly budget: number;
  readonly weigh?: (item: Item) => number;
}

/** Something that is waited for, and that can be asked whether it is there. */
interface Pending<T> {
  readonly promise: Promise<T>;
  isSettled: boolean;
  readonly weight: number;
}

/**
 * Works on items while earlier ones are still at work; what comes of them comes in the order of the items, each as soon
 * as it is ready. When the reader goes away or one item fails, the others are told to stop and are waited for.
 */
export async function* mapAhead<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  { budget, weigh = () => 1 }: LookAhead<Item>,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Result> {
  const ahead: Pending<Result>[] = [];
  let load = 0;
  const stop = new AbortController();
  // Everything that is at work waits for this one; Node takes more than ten for a leak.
  setMaxListeners(0, stop.signal);
  const stopAll = () => stop.abort(signal?.reason ?? new Error('nobody waits for this any more'));
  signal?.addEventListener('abort', stopAll, { once: true });
  const iterator = toStream(items);
  try {
    for (let next = settle(iterator.next()); ; ) {
      signal?.throwIfAborted();
      const [first] = ahead;
      if (first && (first.isSettled || load >= budget)) {
        yield await first.promise;
        ahead.shift();
        load -= first.weight;
      } else if (!next.isSettled) await Promise.race(first ? [next.promise, first.promise] : [next.promise]);
      else {
        const { done, value } = await next.promise;
        if (done) break;
        ahead.push(settle(work(value, stop.signal), weigh(value)));
        load += weigh(value);
        next = settle(iterator.next());
      }
    }
    for (; ahead[0]; ahead.shift()) yield await ahead[0].promise;
  } finally {
    signal?.removeEventListener('abort', stopAll);
    stopAll();
    await Promise.allSettled([...ahead.map(({ promise }) => promise), iterator.return(undefined)]);
  }
}

async function* toStream<Item>(items: AsyncIterable<Item> | Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}

/** A failure is nobody's surprise before it is waited for. */
function settle<T>(promise: Promise<T>, weight = 0): Pending<T> {
  const awaited = { promise, isSettled: false, weight };
  const mark = () => {
    awaited.isSettled = true;
  };
  promise.then(mark, mark);
  return awaited;
}

/** Puts neighbours together until they weigh `size`; what is heavier by itself comes alone or last. */
export async function* inBatches<Item>(
  items: AsyncIterable<Item>,
  size: number,
  weigh: (item: Item) => number,
): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  let load = 0;
  for await (const item of items) {
    batch.push(item);
    load += weigh(item);
    if (load < size) continue;
    yield batch;
    batch = [];
    load = 0;
  }
  if (batch.length > 0) yield batch;
}
