import { describe, expect, it } from 'vitest';
import { EmbeddingQueue } from './transformers-queue.ts';

/** A queue whose batches end when the test says so, and that remembers them. */
function openQueue(width = 1, batch = 4, characters = 100) {
  const batches: (readonly string[])[] = [];
  const finish: (() => void)[] = [];
  const run = (texts: readonly string[]) =>
    new Promise<Float32Array[]>((resolve) => {
      batches.push(texts);
      finish.push(() => resolve(texts.map((text) => Float32Array.of(text.length))));
    });
  const drain = async () => {
    while (finish.length > 0) {
      finish.shift()?.();
      await new Promise(setImmediate);
    }
  };
  return { queue: new EmbeddingQueue({ width, batch, characters, run }), batches, drain };
}

describe('EmbeddingQueue', () => {
  it('starts a single text at once', () => {
    const { queue, batches } = openQueue();
    void queue.add(['a'], true);
    expect(batches).toEqual([['a']]);
  });

  it('lets texts that wait for a worker travel together, whoever asked for them', async () => {
    const { queue, batches, drain } = openQueue();
    const calls = ['a', 'bb', 'ccc'].map((text) => queue.add([text], true));
    await drain();
    expect(batches).toEqual([['a'], ['bb', 'ccc']]);
    expect((await Promise.all(calls)).map(([vector]) => vector?.[0])).toEqual([1, 2, 3]);
  });

  it('puts a question before the passages that wait', async () => {
    const { queue, batches, drain } = openQueue(1, 2);
    const passages = queue.add(['p1', 'p2', 'p3', 'p4'], false);
    const question = queue.add(['q'], true);
    await drain();
    await Promise.all([passages, question]);
    expect(batches).toEqual([['p1', 'p2'], ['q', 'p3'], ['p4']]);
  });

  it('shares one call among idle workers', () => {
    const { queue, batches } = openQueue(2, 8);
    void queue.add(['a', 'b', 'c', 'd'], false);
    expect(batches).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('makes a batch of long texts a short one', async () => {
    const { queue, batches, drain } = openQueue(1, 4, 5);
    const passages = queue.add(['first', 'aa', 'bb', 'cc', 'longer than 5', 'd'], false);
    await drain();
    await passages;
    expect(batches).toEqual([['first'], ['aa', 'bb'], ['cc'], ['longer than 5'], ['d']]);
  });

  it('takes back the texts of an aborted call and of no other', async () => {
    const { queue, batches, drain } = openQueue(1, 1);
    const abort = new AbortController();
    const first = queue.add(['first'], false);
    const unwanted = queue.add(['unwanted'], false, abort.signal);
    const last = queue.add(['last'], false);
    abort.abort(new Error('not needed any more'));
    await expect(unwanted).rejects.toThrow('not needed any more');
    await drain();
    await Promise.all([first, last]);
    expect(batches).toEqual([['first'], ['last']]);
  });
});
