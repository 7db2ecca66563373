import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Reranker } from '../ports.ts';
import { writeTinyReranker } from './__fixtures__/tiny-reranker.ts';
import { createTransformersReranker, type TransformersRerankerOptions } from './transformers-reranker.ts';

const MORTAL = new URL('./__fixtures__/mortal-reranker.worker.js', import.meta.url).href;

let scratch: string;
/** Gives what share of the question's words the passage has, as a chance: none .018, half .5, all .982. */
let tiny: string;
/** One for all who only ask: a thread takes a while to start. */
let shared: Reranker;
const opened: AsyncDisposable[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-reranker-'));
  tiny = await writeModel('tiny', 1);
  shared = createTransformersReranker({ model: tiny, cacheDir: scratch, threads: 1 });
});
afterAll(() => shared[Symbol.asyncDispose]());
afterEach(async () => {
  await Promise.all(opened.splice(0).map((owner) => owner[Symbol.asyncDispose]()));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function writeModel(name: string, labels: number): Promise<string> {
  const folder = path.join(scratch, name);
  await writeTinyReranker(folder, { labels });
  return folder;
}

function open(options: Partial<TransformersRerankerOptions>): Reranker {
  const reranker = createTransformersReranker({
    model: tiny,
    cacheDir: scratch,
    threads: 1,
    openingMs: 30_000,
    ...options,
  });
  opened.push(reranker);
  return reranker;
}

const rounded = (scores: readonly number[]) => scores.map((score) => Math.round(score * 1_000) / 1_000);

describe('a cross-encoder', () => {
  it('scores each passage by how well it answers, in their order', async () => {
    const scores = await shared.score('disk full', ['restart the pod', 'the db has a full disk', 'disk']);
    expect(rounded(scores)).toEqual([0.018, 0.982, 0.5]);
  });

  it('scores a passage alike alone and among many, by one thread or several', async () => {
    const passages = Array.from({ length: 23 }, (_, position) =>
      position % 3 === 0 ? 'disk full' : 'web orders disk',
    );
    const together = await shared.score('disk full', passages);
    expect(await open({ threads: 2 }).score('disk full', passages)).toEqual(together);
    expect(await shared.score('disk full', passages.slice(0, 1))).toEqual(together.slice(0, 1));
  });

  it('with two logits gives the positive one’s share', async () => {
    const two = await writeModel('two', 2);
    expect(rounded(await open({ model: two }).score('disk full', ['disk full', 'pod']))).toEqual([0.982, 0.018]);
  });

  it('reads identifiers as the words they are made of', async () => {
    expect(rounded(await shared.score('KubePodCrashLooping', ['kube pod: crash looping']))).toEqual([0.982]);
  });

  it('cuts what is too long at its end: neither drowns the other', async () => {
    const long = `disk full ${'checkout '.repeat(5_000)}`;
    const [asked] = await shared.score(long, ['disk full']);
    const [said] = await shared.score('disk full', [long]);
    expect(asked).toBeGreaterThan(0.018);
    expect(rounded([said!])).toEqual([0.982]);
  });

  it('scores nothing when asked for nothing, and refuses more than it said', async () => {
    const reranker = open({ maxPairs: 3 });
    expect(await reranker.score('disk', [])).toEqual([]);
    await expect(reranker.score('disk', ['a', 'b', 'c', 'd'])).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('does nothing before it is first asked', async () => {
    const model = path.join(scratch, 'late');
    const reranker = open({ model });
    await expect(reranker.score('disk', ['disk'])).rejects.toMatchObject({ code: 'model-missing' });
    await cp(tiny, model, { recursive: true });
    expect(await reranker.score('disk', ['disk'])).toHaveLength(1);
  });

  it('leaves the event loop free while it works', async () => {
    await shared.score('disk', ['disk']);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const started = performance.now();
    const passages = Array.from({ length: 50 }, () => 'memory pressure on the node '.repeat(200));
    await shared.score('disk full', passages);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan((performance.now() - started) / 5 / 3);
  });
});

describe('a model that cannot do it', () => {
  it.each([
    [3, 'tells 3 classes apart'],
    [0, 'gives no scores at all'],
  ])('because it has %i labels is named, with what to set instead', async (labels, reason) => {
    const model = await writeModel(`labels-${labels}`, labels);
    const failure = {
      code: 'config-invalid',
      message: expect.stringContaining(`RERANKER_MODEL "labels-${labels}" ${reason}`),
    };
    await expect(open({ model }).score('disk', ['disk'])).rejects.toMatchObject(failure);
  });

  it('because it is not there says which setting to mend', async () => {
    const failure = {
      code: 'model-missing',
      message: expect.stringContaining('set RERANKER_MODEL to a folder or hub id'),
    };
    await expect(open({ model: path.join(scratch, 'nowhere') }).score('a', ['b'])).rejects.toMatchObject(failure);
  });

  it('because its weights do not load is corrupt, until they are mended', async () => {
    const model = await writeModel('unloadable', 1);
    await writeFile(path.join(model, 'onnx', 'model.onnx'), 'not a model');
    const reranker = open({ model });
    await expect(reranker.score('disk', ['disk'])).rejects.toMatchObject({ code: 'model-corrupt' });
    await cp(tiny, model, { recursive: true });
    expect(rounded(await reranker.score('disk', ['disk']))).toEqual([0.982]);
  });
});

describe('a failing worker', () => {
  const unavailable = { code: 'reranker-unavailable', isRetryable: true };

  it('fails only the call in flight', async () => {
    const reranker = open({ worker: MORTAL });
    await expect(reranker.score('disk', ['CRASH'])).rejects.toMatchObject(unavailable);
    expect(rounded(await reranker.score('disk', ['disk']))).toEqual([0.982]);
  });

  it('is replaced when it hangs', async () => {
    const reranker = open({ worker: MORTAL, batchMs: 5_000 });
    await reranker.score('disk', ['disk']);
    await expect(reranker.score('disk', ['HANG'])).rejects.toThrow('no answer within 5 s');
    expect(rounded(await reranker.score('disk', ['disk']))).toEqual([0.982]);
  });
});

describe('giving up', () => {
  it('is answered at once, and what had not begun is not read', async () => {
    const reranker = open({ worker: MORTAL });
    await reranker.score('disk', ['disk']);
    const abort = new AbortController();
    const passages = ['SLOW', 'a', 'b', 'c', 'HANG'];
    const unwanted = reranker.score('disk', passages, abort.signal);
    abort.abort(new Error('no longer wanted'));
    await expect(unwanted).rejects.toThrow('no longer wanted');
    // Behind a batch that hangs there would be no answer.
    expect(await reranker.score('disk', ['disk'])).toHaveLength(1);
    await expect(reranker.score('disk', ['disk'], abort.signal)).rejects.toThrow('no longer wanted');
  });

  it('by closing fails what is at work, and whatever is asked afterwards', async () => {
    const reranker = open({ worker: MORTAL });
    await reranker.score('disk', ['disk']);
    const closed = { code: 'reranker-unavailable', message: 'the reranker is closed' };
    const atWork = expect(reranker.score('disk', ['SLOW', 'a', 'b', 'c', 'd'])).rejects.toMatchObject(closed);
    await reranker[Symbol.asyncDispose]();
    await atWork;
    await expect(reranker.score('disk', ['disk'])).rejects.toMatchObject(closed);
    await reranker[Symbol.asyncDispose]();
  });
});

describe('a model of the hub', () => {
  /** A hub on loopback that serves the tiny model under any id, when `ready` lets it. */
  async function openHub(ready: Promise<void>): Promise<string> {
    const server = createServer(async (request, response) => {
      await ready;
      const file = /\/resolve\/main\/(.+)$/.exec(request.url ?? '')?.[1];
      const bytes = await readFile(path.join(tiny, file ?? '')).catch(() => undefined);
      response.writeHead(bytes ? 200 : 404).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push({
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('is downloaded once, and is then like a folder', async () => {
    const hubUrl = await openHub(Promise.resolve());
    const options = { model: 'someone/some-reranker', cacheDir: path.join(scratch, 'hub') };
    expect(rounded(await open({ ...options, hubUrl }).score('disk', ['disk']))).toEqual([0.982]);
    expect(await open({ ...options, hubUrl: 'http://127.0.0.1:1' }).score('disk', ['disk'])).toHaveLength(1);
  });

  it('keeps nobody waiting while it is downloaded', async () => {
    let release = () => {};
    const hubUrl = await openHub(
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    const reranker = open({
      model: 'someone/some-reranker',
      cacheDir: path.join(scratch, 'hub-slow'),
      hubUrl,
      openingMs: 200,
    });
    const failure = { code: 'reranker-unavailable', message: expect.stringContaining('still being fetched') };
    await expect(reranker.score('disk', ['disk'])).rejects.toMatchObject(failure);
    const again = reranker.score('disk', ['disk']);
    // Not even as long as the first: it is known to be on its way.
    await expect(Promise.race([again, sleep(150)])).rejects.toMatchObject(failure);
    release();
    await expect.poll(() => reranker.score('disk', ['disk']).catch(() => undefined)).toHaveLength(1);
  });

  it('that cannot be downloaded is told as unavailable, with the setting', async () => {
    const reranker = open({
      model: 'someone/else',
      cacheDir: path.join(scratch, 'hub-down'),
      hubUrl: 'http://127.0.0.1:1',
    });
    const failure = {
      code: 'reranker-unavailable',
      message: expect.stringContaining('set RERANKER_MODEL to its folder'),
    };
    await expect(reranker.score('disk', ['disk'])).rejects.toMatchObject(failure);
  });
});
