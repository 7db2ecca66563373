import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createTraceReader, type TraceReaderOptions } from './trace-reader.ts';

const READER = new URL('./trace-reader.ts', import.meta.url).href;

/** Takes its time to start, counts its starts, and answers what it was sent. */
const SLOW_STARTER = `
  import { appendFileSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  appendFileSync(new URL('starts', import.meta.url), '.');
  await new Promise((resolve) => setTimeout(resolve, 900));
  parentPort.postMessage('started');
  parentPort.on('message', ({ port }) => {
    let text = '';
    port.on('close', () => parentPort.postMessage('free'));
    port.on('message', (input) => {
      if (input.kind === 'chunk') {
        text += new TextDecoder().decode(input.bytes);
        return port.postMessage({ kind: 'taken', bytes: input.bytes.length });
      }
      port.postMessage({ kind: 'read', reading: { rest: [text], analysis: undefined, snapshots: {} } });
      port.close();
    });
  });`;

let folder: string;
const folders: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent-thread-'));
  folders.push(folder);
  await writeFile(join(folder, 'worker.mjs'), SLOW_STARTER);
});
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))));

const starts = async () => (await readFile(join(folder, 'starts'), 'utf8').catch(() => '')).length;

function open(options: Partial<TraceReaderOptions> = {}) {
  const reader = createTraceReader({ policy: [], worker: join(folder, 'worker.mjs'), ...options });
  async function* body(...texts: string[]) {
    for (const text of texts) yield Buffer.from(text);
  }
  const readFrom = (bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal) =>
    reader.read([{ bytes, encoding: 'identity', windows: { incident: [] } }], { maxBytes: 1_000 }, signal);
  return {
    warm: reader.warm,
    readFrom,
    read: async (text: string, signal?: AbortSignal) => (await readFrom(body(text), signal)).rest,
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}

describe('a thread that is slow to start', () => {
  it('goes on starting when its caller has left, for the next one', async () => {
    await using reader = open();
    const start = performance.now();
    await expect(reader.read('first', AbortSignal.timeout(100))).rejects.toThrow();
    expect(performance.now() - start).toBeLessThan(850);
    // Longer than a thread that is at work would be given.
    await sleep(600);
    expect(await reader.read('second')).toEqual(['second']);
    expect(await starts()).toBe(1);
  });

  it('does not count its start as work', async () => {
    await using reader = open({ limitMs: 300 });
    expect(await reader.read('patient')).toEqual(['patient']);
  });

  it('may be started before there is anything to read, and then is the one that reads', async () => {
    await using reader = open();
    await reader.warm();
    await reader.warm();
    const start = performance.now();
    expect(await reader.read('at once')).toEqual(['at once']);
    expect(performance.now() - start).toBeLessThan(850);
    expect(await starts()).toBe(1);
  });

  it('stays when it is kept warm, and otherwise ends when it is idle', async () => {
    for (const [keepsWarm, expected] of [
      [true, 1],
      [false, 3],
    ] as const) {
      await using reader = open({ keepsWarm, idleMs: 100 });
      await reader.read('first');
      await sleep(400);
      await reader.read('later');
      expect(await starts()).toBe(expected);
    }
  });
});

describe('a body that stops coming', () => {
  /** Sends a little, and then nothing until it is let go. */
  function stalling() {
    let letGo = () => {};
    const end = new Promise<void>((resolve) => (letGo = resolve));
    async function* bytes() {
      yield Buffer.from('half');
      await end;
    }
    return { bytes: bytes(), letGo: () => letGo() };
  }

  it('gives its thread to others who wait, and is told why', async () => {
    await using reader = open({ threads: 1, stallMs: 200 });
    const stalled = expect(reader.readFrom(stalling().bytes)).rejects.toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('nothing more of the traces came for 0.2 s'),
    });
    expect(await reader.read('next')).toEqual(['next']);
    await stalled;
  });

  it('may take its time as long as nobody waits', async () => {
    await using reader = open({ threads: 1, stallMs: 200 });
    const { bytes, letGo } = stalling();
    const reading = reader.readFrom(bytes);
    await sleep(1_500);
    letGo();
    expect((await reading).rest).toEqual(['half']);
  });
});

it('lets the program end as it wants to, though the thread is ended while it starts and takes a while', async () => {
  // Busy beyond all that the thread is given to start or to notice: its news and its time come while it is being ended.
  const program = `
    import { createTraceReader } from ${JSON.stringify(READER)};
    const reader = createTraceReader({ policy: [] });
    async function* bytes(...more) { yield Buffer.from('a'); for (const one of more) await one; }
    const read = (source, signal) =>
      reader.read([{ bytes: source, encoding: 'identity', windows: { incident: [] } }], { maxBytes: 1_000 }, signal);
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(new Error('late')), 50);
    await read(bytes(new Promise(() => {})), leaving.signal).catch(() => {});
    const start = performance.now();
    while (performance.now() - start < 1_200);
    await reader[Symbol.asyncDispose]();
    console.log('closed');`;
  const file = join(folder, 'program.mts');
  await writeFile(file, program);
  const tsx = import.meta.resolve('tsx');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', tsx, file], { timeout: 20_000 });
  expect(stdout).toBe('closed\n');
});
