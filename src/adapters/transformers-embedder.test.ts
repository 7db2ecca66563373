import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Embedder } from '../ports.ts';
import { createTransformersEmbedder, type TransformersEmbedderOptions } from './transformers-embedder.ts';
import type { DownloadProgress } from './transformers-hub.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const BUNDLED = path.join(PROJECT, 'models', 'runbook-embed-small');
const MORTAL = new URL('./__fixtures__/mortal.worker.js', import.meta.url).href;

let scratch: string;
const opened: AsyncDisposable[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-embedder-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((owner) => owner[Symbol.asyncDispose]()));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

function open(options: Partial<TransformersEmbedderOptions> = {}): Embedder {
  const embedder = createTransformersEmbedder({ model: BUNDLED, cacheDir: path.join(scratch, 'cache'), ...options });
  opened.push(embedder);
  return embedder;
}

function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return a!.reduce((sum, value, position) => sum + value * b![position]!, 0);
}

describe('the bundled model', () => {
  it('says which model it is before anything is embedded', async () => {
    const model = await open().describe();
    expect(model).toMatchObject({ id: 'runbook-embed-small', dimension: 256 });
    expect(model.checksum).toMatch(/^[0-9a-f]{64}$/);
    expect(await open({ threads: 2 }).describe()).toEqual(model);
  });

  it('returns unit vectors in the order of the texts', async () => {
    const embedder = open();
    const texts = Array.from({ length: 40 }, (_, position) => `pod ${position} is crash looping`);
    const together = await embedder.embed(texts, 'passage');
    const alone = await Promise.all(texts.map(async (text) => (await embedder.embed([text], 'passage'))[0]));
    expect(together).toEqual(alone);
    for (const vector of together) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
  });

  it('puts an alert nearer to its runbook than to another', async () => {
    const [alert, fit, misfit] = await open().embed(
      ['KubePodCrashLooping', 'A pod restarts again and again', 'The TLS certificate expires soon'],
      'passage',
    );
    expect(cosine(alert, fit)).toBeGreaterThan(cosine(alert, misfit) + 0.1);
  });

  it('cuts a long text at the end of what the model can read', async () => {
    const embedder = open();
    const [long, longer] = await embedder.embed(['disk full '.repeat(600), 'disk full '.repeat(5000)], 'passage');
    expect(longer).toEqual(long);
  });

  it('embeds nothing when asked for nothing, and refuses more than it said', async () => {
    const embedder = open();
    expect(await embedder.embed([], 'query')).toEqual([]);
    const tooMany = Array.from({ length: embedder.maxBatch + 1 }, () => 'x');
    await expect(embedder.embed(tooMany, 'query')).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('leaves the event loop free while it works', async () => {
    const embedder = open();
    await embedder.describe();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    const started = performance.now();
    await embedder.embed(
      Array.from({ length: 64 }, () => 'memory pressure on the node '.repeat(40)),
      'passage',
    );
    clearInterval(timer);
    expect(ticks).toBeGreaterThan((performance.now() - started) / 10 / 3);
  });

  it('answers an aborted call at once and goes on for the others', async () => {
    const embedder = open();
    const abort = new AbortController();
    const unwanted = embedder.embed(['a'], 'query', abort.signal);
    abort.abort(new Error('no longer wanted'));
    await expect(unwanted).rejects.toThrow('no longer wanted');
    expect(await embedder.embed(['a'], 'query')).toHaveLength(1);
  });

  it('refuses work after it was closed', async () => {
    const embedder = open();
    await embedder.describe();
    await embedder[Symbol.asyncDispose]();
    await expect(embedder.embed(['a'], 'query')).rejects.toMatchObject({ code: 'embedder-unavailable' });
  });
});

describe('model files', () => {
  it('names the file that is not what SHA256SUMS lists', async () => {
    const model = path.join(scratch, 'corrupt');
    await cp(BUNDLED, model, { recursive: true });
    await writeFile(path.join(model, 'tokenizer.json'), '{}');
    const failure = expect(open({ model }).describe()).rejects;
    await failure.toMatchObject({ code: 'model-corrupt', message: expect.stringContaining('tokenizer.json') });
  });

  it('says what to do when the folder or a file is missing', async () => {
    const nowhere = path.join(scratch, 'nowhere');
    const failure = { code: 'model-missing', message: expect.stringContaining('EMBEDDING_MODEL') };
    await expect(open({ model: nowhere }).describe()).rejects.toMatchObject(failure);
    const model = path.join(scratch, 'partial');
    await cp(BUNDLED, model, { recursive: true });
    await rm(path.join(model, 'onnx'), { recursive: true });
    await expect(open({ model }).describe()).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('onnx/model_quantized.onnx'),
    });
  });

  it('calls weights that do not load corrupt, also without sums', async () => {
    const model = path.join(scratch, 'unloadable');
    await cp(BUNDLED, model, { recursive: true });
    await rm(path.join(model, 'SHA256SUMS'));
    await writeFile(path.join(model, 'onnx', 'model_quantized.onnx'), 'not a model');
    await expect(open({ model }).describe()).rejects.toMatchObject({ code: 'model-corrupt' });
  });

  it('works again once the folder is there', async () => {
    const model = path.join(scratch, 'late');
    const embedder = open({ model });
    await expect(embedder.describe()).rejects.toMatchObject({ code: 'model-missing' });
    await cp(BUNDLED, model, { recursive: true });
    expect(await embedder.embed(['a'], 'query')).toHaveLength(1);
  });
});

describe('the tokenizer', () => {
  it('counts without the model being loaded, and is loaded once for all', async () => {
    const embedder = open({ worker: 'file:///nowhere.js' });
    const [first, second] = await Promise.all([embedder.loadTokenizer(), embedder.loadTokenizer()]);
    expect(first('KubePodCrashLooping')).toBe(first('kube pod crash looping'));
    expect(second).toBe(first);
  });

  it('is read again after a failure, and not at all once closed', async () => {
    const model = path.join(scratch, 'late-tokenizer');
    const embedder = open({ model });
    await expect(embedder.loadTokenizer()).rejects.toMatchObject({ code: 'model-missing' });
    await cp(BUNDLED, model, { recursive: true });
    expect((await embedder.loadTokenizer())('disk full')).toBe(2);
    await embedder[Symbol.asyncDispose]();
    await expect(embedder.loadTokenizer()).rejects.toMatchObject({ code: 'embedder-unavailable' });
  });
});

describe('a failing worker', () => {
  it('fails only the call in flight', async () => {
    const embedder = open({ worker: MORTAL, threads: 1 });
    await embedder.describe();
    const failure = { code: 'embedder-unavailable', isRetryable: true };
    await expect(embedder.embed(['CRASH'], 'query')).rejects.toMatchObject(failure);
    expect(await embedder.embed(['after the crash'], 'query')).toHaveLength(1);
  });

  it('is replaced when it hangs', async () => {
    const embedder = open({ worker: MORTAL, threads: 1, batchMs: 3_000 });
    await embedder.describe();
    await expect(embedder.embed(['HANG'], 'query')).rejects.toThrow('no answer within 3 s');
    expect(await embedder.embed(['after the hang'], 'query')).toHaveLength(1);
  });
});

describe('a model of the hub', () => {
  /** A hub on loopback that serves the bundled model's files under any id, through `answer` when it is given. */
  async function openHub(answer?: Parameters<typeof createServer>[1]): Promise<{ url: string; requests: string[] }> {
    const requests: string[] = [];
    const server: Server = createServer(async (request, response) => {
      requests.push(request.url ?? '');
      if (answer) return answer(request, response);
      const file = /\/resolve\/main\/(.+)$/.exec(request.url ?? '')?.[1];
      const bytes = await readFile(path.join(BUNDLED, file ?? '')).catch(() => undefined);
      response.writeHead(bytes ? 200 : 404, bytes ? { 'content-length': bytes.length } : {}).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push({
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
  }

  it('is downloaded once, with progress, and needs no network afterwards', async () => {
    const hub = await openHub();
    const cacheDir = path.join(scratch, 'hub-once');
    const progress: DownloadProgress[] = [];
    const options = { model: 'someone/some-model', cacheDir, hubUrl: hub.url };
    const model = await open({ ...options, onDownload: (step) => progress.push(step) }).describe();
    expect(model).toMatchObject({ id: 'someone/some-model', dimension: 256 });
    expect(progress.at(-1)).toEqual({ file: 'onnx/model_quantized.onnx', received: 8795856, total: 8795856 });
    const asked = hub.requests.length;
    expect(await open(options).describe()).toEqual(model);
    expect((await open(options).loadTokenizer())('disk full')).toBe(2);
    expect(hub.requests).toHaveLength(asked);
  });

  it('that the hub does not have is named, with what to set instead', async () => {
    const hub = await openHub((_request, response) => response.writeHead(404).end());
    const failure = { code: 'model-missing', message: expect.stringContaining('someone/typo') };
    const options = { model: 'someone/typo', cacheDir: path.join(scratch, 'hub-typo'), hubUrl: hub.url };
    await expect(open(options).describe()).rejects.toMatchObject(failure);
  });

  it.each([
    ['refuses', 'http://127.0.0.1:1', 'http://127.0.0.1:1/someone'],
    ['has no such name', 'http://hub.invalid', 'http://hub.invalid'],
  ])('fails clearly when the hub %s', async (_case, hubUrl, reason) => {
    const options = { model: 'someone/some-model', cacheDir: path.join(scratch, 'hub-down'), hubUrl };
    const failure = { code: 'embedder-unavailable', message: expect.stringContaining(reason) };
    await expect(open(options).describe()).rejects.toMatchObject(failure);
    await expect(open(options).describe()).rejects.toThrow('set EMBEDDING_MODEL to its folder');
  });

  it('never hangs on a hub that stops answering', async () => {
    const hub = await openHub((_request, response) => void response.writeHead(200).write('{'));
    const options = { model: 'someone/stuck', cacheDir: path.join(scratch, 'hub-stuck'), hubUrl: hub.url };
    await expect(open({ ...options, stallMs: 200 }).describe()).rejects.toThrow('nothing came for 0.2 s');
  });

  it('is prepared as its card asks: e5 gets prefixes, questions differ from passages', async () => {
    const hub = await openHub();
    const embedder = open({ model: 'intfloat/e5-small-v2', cacheDir: path.join(scratch, 'hub-e5'), hubUrl: hub.url });
    const [query] = await embedder.embed(['disk full'], 'query');
    const [passage] = await embedder.embed(['disk full'], 'passage');
    expect(cosine(query, passage)).toBeLessThan(0.999);
  });
});

describe('worker threads', () => {
  it('start under tsx as bin/precedent.js registers it, and let the process end without being closed', async () => {
    const script = `
      import { register } from 'tsx/esm/api';
      register();
      const { createTransformersEmbedder } = await import('./src/adapters/transformers-embedder.ts');
      const embedder = createTransformersEmbedder({ model: ${JSON.stringify(BUNDLED)}, cacheDir: 'unused', threads: 2 });
      console.log((await embedder.embed(['a', 'b', 'c'], 'passage')).length);`;
    const options = { cwd: PROJECT, timeout: 30_000 };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], options);
    expect(stdout.trim()).toBe('3');
  });
});
