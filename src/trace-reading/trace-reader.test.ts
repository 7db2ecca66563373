import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTraceReader, type TraceBody, type TraceReader, type TraceReaderOptions } from './trace-reader.ts';

const OPTIONS = { maxBytes: 1_000_000 };

function bodyOf(bytes: AsyncIterable<Uint8Array>, more: Partial<TraceBody> = {}): TraceBody {
  return { bytes, encoding: 'identity', windows: { incident: [] }, ...more };
}

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

/** A caller that sends the texts and then nothing more, until it is let go. */
function slowCaller(...texts: string[]) {
  let letGo = () => {};
  const end = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield* chunks(...texts);
    await end;
  }
  return { bytes: bytes(), letGo: () => letGo() };
}

/** Says what it was sent, and misbehaves when it is told to. */
const SCRIPTED_WORKER = `
  import { appendFileSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  appendFileSync(new URL('starts', import.meta.url), '.');
  parentPort.postMessage('started');
  parentPort.on('message', ({ port, job }) => {
    const texts = job.bodies.map(() => '');
    let body = 0;
    let isFree = false;
    const end = (outcome) => {
      if (isFree) return;
      isFree = true;
      if (outcome) port.postMessage(outcome);
      port.close();
      if (outcome?.kind !== 'unloadable') parentPort.postMessage('free');
    };
    const answer = () => end({ kind: 'read', reading: { rest: texts, analysis: undefined, snapshots: {} } });
    port.on('close', () => end());
    port.on('message', (input) => {
      if (input.kind === 'end-of-body') {
        if (++body === texts.length) answer();
        return;
      }
      const text = new TextDecoder().decode(input.bytes);
      texts[body] += text;
      if (text === 'hangs') for (;;) {}
      if (text === 'dies') throw new Error('out of luck');
      if (text === 'ends') process.exit(7);
      if (text === 'devours') { const all = []; for (;;) all.push(Array.from({ length: 10_000 }, Math.random)); }
      if (text === 'unloadable') return end({ kind: 'unloadable', reason: 'no such package' });
      if (text === 'broken') return end({ kind: 'broken', reason: 'a mistake of ours' });
      if (text === 'refused') {
        const problems = [{ path: 'incident.data[0]', message: 'is no trace' }];
        return end({ kind: 'refused', refusal: { code: 'trace-invalid', message: 'not traces', problems, body } });
      }
      if (!text.startsWith('keeps')) port.postMessage({ kind: 'taken', bytes: input.bytes.length });
    });
  });`;

describe('a thread that reads traces', () => {
  let folder: string;
  let worker: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'precedent-worker-'));
    const file = join(folder, 'worker.mjs');
    await writeFile(file, SCRIPTED_WORKER);
    worker = file;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** How often a thread was started until now. */
  const started = async () => (await readFile(join(folder, 'starts'), 'utf8')).length;
  const open = (options: Partial<TraceReaderOptions> = {}) => createTraceReader({ policy: [], worker, ...options });
  const read = (reader: TraceReader, ...texts: string[]) => reader.read([bodyOf(chunks(...texts))], OPTIONS);

  it('gets every body whole and in order, whatever their chunks', async () => {
    await using reader = open();
    const bodies = [bodyOf(chunks('a', 'b', '', 'c')), bodyOf(chunks()), bodyOf(chunks('d'))];
    expect(await reader.read(bodies, OPTIONS)).toEqual({ rest: ['abc', '', 'd'], analysis: undefined });
  });

  it('leaves the chunks that it was given as they were', async () => {
    await using reader = open();
    const chunk = Buffer.from('stays');
    async function* source() {
      yield chunk;
    }
    await reader.read([bodyOf(source())], OPTIONS);
    expect(chunk.toString()).toBe('stays');
  });

  it('never mixes what is read at the same time, nor what comes one after the other', async () => {
    await using reader = open();
    const texts = Array.from({ length: 12 }, (_, at) => [`${at}:`, 'x'.repeat(at * 7), `:${at}`]);
    const found = await Promise.all(texts.map((parts) => read(reader, ...parts)));
    expect(found.map(({ rest }) => rest)).toEqual(texts.map((parts) => [parts.join('')]));
  });

  it('is sent no more than it can take', async () => {
    await using reader = open();
    let sent = 0;
    async function* endless() {
      for (;;) {
        yield Buffer.alloc(64 * 1024, 'keeps ');
        sent += 64 * 1024;
      }
    }
    const leaving = new AbortController();
    const reading = reader.read([bodyOf(endless())], OPTIONS, leaving.signal);
    reading.catch(() => {});
    for (const text of ['others', 'are', 'read']) await read(reader, text);
    leaving.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    expect(sent).toBeGreaterThan(256 * 1024);
    expect(sent).toBeLessThan(1024 * 1024);
  });

  it('that refuses a body says which one, why, and where in it', async () => {
    await using reader = open();
    const bodies = [bodyOf(chunks('fine'), { name: 'normal.json' }), bodyOf(chunks('refused'), { name: 'bad.json' })];
    await expect(reader.read(bodies, OPTIONS)).rejects.toMatchObject({
      code: 'trace-invalid',
      message: 'bad.json: not traces',
      problems: [{ path: 'incident.data[0]', message: 'is no trace' }],
    });
  });

  it('that hangs is replaced, and the caller is told what to do', async () => {
    await using reader = open({ limitMs: 300, threads: 1 });
    await expect(read(reader, 'hangs')).rejects.toMatchObject({
      code: 'input-too-large',
      message: expect.stringContaining('took longer than'),
    });
    expect((await read(reader, 'next')).rest).toEqual(['next']);
  });

  it('may wait for a slow caller for longer than it may work', async () => {
    await using reader = open({ limitMs: 200 });
    const caller = slowCaller('slowly');
    const reading = reader.read([bodyOf(caller.bytes)], OPTIONS);
    await sleep(600);
    caller.letGo();
    expect((await reading).rest).toEqual(['slowly']);
  });

  it.each([
    ['dies', 'the thread that reads traces died: out of luck'],
    ['ends', 'ended with code 7'],
    ['broken', 'cannot read these traces: a mistake of ours'],
    ['unloadable', 'does not start: no such package'],
  ])('that %s fails this reading as our fault, and not the next', async (what, message) => {
    await using reader = open({ threads: 1 });
    const failing = read(reader, 'a', what);
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.not.toHaveProperty('code');
    expect((await read(reader, 'next')).rest).toEqual(['next']);
  });

  it('that runs out of memory takes nothing else with it, and asks for less', async () => {
    await using reader = open({ threads: 1, memoryMb: 64 });
    await expect(read(reader, 'devours')).rejects.toMatchObject({
      code: 'input-too-large',
      message: expect.stringContaining('more than 64 MB'),
    });
    expect((await read(reader, 'next')).rest).toEqual(['next']);
  });

  it('is free again as soon as its caller goes away in the middle of a body', async () => {
    await using reader = open({ threads: 1 });
    const leaving = new AbortController();
    const reading = reader.read([bodyOf(slowCaller('half a bo').bytes)], OPTIONS, leaving.signal);
    const next = read(reader, 'next');
    leaving.abort(new Error('the caller is gone'));
    await expect(reading).rejects.toThrow('the caller is gone');
    expect((await next).rest).toEqual(['next']);
  });

  it('is free again when its caller goes away while it works and hears nothing', async () => {
    await using reader = open({ threads: 1 });
    const leaving = new AbortController();
    const reading = reader.read([bodyOf(chunks('hangs'))], OPTIONS, leaving.signal);
    reading.catch(() => {});
    const next = read(reader, 'next');
    await sleep(300);
    leaving.abort(new Error('the caller is gone'));
    await expect(reading).rejects.toThrow('the caller is gone');
    expect((await next).rest).toEqual(['next']);
  });

  it('is free again when a body breaks off, and the caller hears the reason', async () => {
    await using reader = open({ threads: 1 });
    async function* broken() {
      yield* chunks('half a bo');
      throw new Error('the connection broke');
    }
    await expect(reader.read([bodyOf(broken())], OPTIONS)).rejects.toThrow('the connection broke');
    expect((await read(reader, 'next')).rest).toEqual(['next']);
  });

  it('is not held up by a caller that is slow while another thread is free', async () => {
    await using reader = open({ threads: 2 });
    const caller = slowCaller('slowly');
    const slow = reader.read([bodyOf(caller.bytes)], OPTIONS);
    for (const text of ['a', 'b', 'c']) expect((await read(reader, text)).rest).toEqual([text]);
    caller.letGo();
    expect((await slow).rest).toEqual(['slowly']);
  });

  it('has a bounded queue whose bodies are not read while they wait', async () => {
    await using reader = open({ threads: 1, maxWaiting: 1 });
    const caller = slowCaller('first');
    const first = reader.read([bodyOf(caller.bytes)], OPTIONS);
    let isRead = false;
    async function* second() {
      isRead = true;
      yield* chunks('second');
    }
    const waiting = reader.read([bodyOf(second())], OPTIONS);
    await expect(read(reader, 'third')).rejects.toMatchObject({ code: 'overloaded', isRetryable: true });
    expect(isRead).toBe(false);
    caller.letGo();
    await first;
    expect((await waiting).rest).toEqual(['second']);
  });

  it('is not waited for by whoever gave up in the queue', async () => {
    await using reader = open({ threads: 1, maxWaiting: 1 });
    const caller = slowCaller('first');
    const first = reader.read([bodyOf(caller.bytes)], OPTIONS);
    const leaving = new AbortController();
    const waiting = reader.read([bodyOf(chunks('second'))], OPTIONS, leaving.signal);
    leaving.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
    const third = read(reader, 'third');
    caller.letGo();
    await first;
    expect((await third).rest).toEqual(['third']);
  });

  it('interrupts what it reads and what waits when it is closed, and takes nothing more', async () => {
    const reader = open({ threads: 1 });
    const reading = reader.read([bodyOf(slowCaller('half').bytes)], OPTIONS);
    const waiting = read(reader, 'second');
    await Promise.all([
      expect(reading).rejects.toMatchObject({ code: 'interrupted' }),
      expect(waiting).rejects.toMatchObject({ code: 'interrupted' }),
      reader[Symbol.asyncDispose](),
    ]);
    await expect(read(reader, 'third')).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('starts no thread any more when it is closed at once', async () => {
    const before = await started();
    const reader = open();
    const reading = read(reader, 'a');
    await Promise.all([expect(reading).rejects.toMatchObject({ code: 'interrupted' }), reader[Symbol.asyncDispose]()]);
    await sleep(300);
    expect(await started()).toBe(before);
  });

  it('starts with the first body, ends when it is idle, and starts again', async () => {
    const before = await started();
    await using reader = open({ idleMs: 300, threads: 1 });
    expect(await started()).toBe(before);
    for (const text of ['first', 'at once']) expect((await read(reader, text)).rest).toEqual([text]);
    expect(await started()).toBe(before + 1);
    await sleep(1_000);
    expect((await read(reader, 'later')).rest).toEqual(['later']);
    expect(await started()).toBe(before + 2);
  });
});
