import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ChromaServer } from './chroma-server.ts';
import { isAlive } from './file-lock.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

let scratch: string;
const opened: ChromaServer[] = [];
const spawned: ChildProcess[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-server-'));
});
afterEach(async () => {
  await Promise.all(spawned.splice(0).map(kill));
  await Promise.all(opened.splice(0).map((server) => server[Symbol.asyncDispose]()));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Waits for its end, so that the server it owned is seen to be nobody's, and is stopped by the server object of the test. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function newFolder(): Promise<string> {
  return mkdtemp(path.join(scratch, 'data-'));
}

function open(dataDir: string, startsPerMinute?: number): ChromaServer {
  const server = new ChromaServer({ dataDir, ...(startsPerMinute ? { startsPerMinute } : {}) });
  opened.push(server);
  return server;
}

async function readRegistration(dataDir: string): Promise<{ pid: number; port: number; owner: number }> {
  return JSON.parse(await readFile(path.join(dataDir, 'chroma.json'), 'utf8'));
}

async function isUp(url: string): Promise<boolean> {
  const response = await fetch(`${url}/api/v2/heartbeat`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  return response?.ok ?? false;
}

async function untilGone(pid: number): Promise<void> {
  for (let tries = 0; isAlive(pid) && tries < 200; tries++) await sleep(25);
  expect(isAlive(pid)).toBe(false);
}

/** Another process that starts the server, says where it is, and then waits to be killed or told to close. */
async function startElsewhere(dataDir: string): Promise<{ child: ChildProcess; url: string }> {
  const script = `
    import { register } from 'tsx/esm/api';
    register();
    const { ChromaServer } = await import('./src/adapters/chroma-server.ts');
    const server = new ChromaServer({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(await server.ensureRunning());
    process.stdin.once('data', () => server[Symbol.asyncDispose]().then(() => process.stdin.destroy()));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: PROJECT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  spawned.push(child);
  const [line] = await once(child.stdout, 'data');
  return { child, url: String(line).trim() };
}

describe('the embedded server', () => {
  it('starts when it is first asked for, on loopback, and costs nothing before', async () => {
    const dataDir = await newFolder();
    const server = open(dataDir);
    expect(await readdir(dataDir)).toEqual([]);
    const url = await server.ensureRunning();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await isUp(url)).toBe(true);
    expect((await readdir(dataDir)).sort()).toEqual(['chroma', 'chroma.json']);
  });

  it('is one server, however many ask at once', async () => {
    const dataDir = await newFolder();
    const [a, b] = [open(dataDir), open(dataDir)];
    const urls = await Promise.all([a.ensureRunning(), a.ensureRunning(), b.ensureRunning(), b.ensureRunning()]);
    expect(new Set(urls).size).toBe(1);
  });

  it('ends with whoever started it, not with whoever used it', async () => {
    const dataDir = await newFolder();
    const [owner, guest] = [open(dataDir), open(dataDir)];
    const url = await owner.ensureRunning();
    await guest.ensureRunning();
    const { pid } = await readRegistration(dataDir);
    await guest[Symbol.asyncDispose]();
    expect(await isUp(url)).toBe(true);
    await owner[Symbol.asyncDispose]();
    expect(isAlive(pid)).toBe(false);
    expect(await readdir(dataDir)).toEqual(['chroma']);
  });

  it('runs again after it died', async () => {
    const dataDir = await newFolder();
    const server = open(dataDir);
    const dead = await server.ensureRunning();
    const { pid } = await readRegistration(dataDir);
    process.kill(pid, 'SIGKILL');
    await untilGone(pid);
    const url = await server.ensureRunning();
    expect(url).not.toBe(dead);
    expect(await isUp(url)).toBe(true);
  });

  it('that dies again and again is left alone for a minute, and the error says so', async () => {
    const dataDir = await newFolder();
    const server = open(dataDir, 2);
    for (let starts = 0; starts < 2; starts++) {
      await server.ensureRunning();
      const { pid } = await readRegistration(dataDir);
      process.kill(pid, 'SIGKILL');
      await untilGone(pid);
    }
    const failure = { code: 'index-unavailable', message: expect.stringContaining('2 times within a minute') };
    await expect(server.ensureRunning()).rejects.toMatchObject(failure);
  });

  it('that cannot start tells its last words and what to do instead', async () => {
    const dataDir = await newFolder();
    await writeFile(path.join(dataDir, 'chroma'), 'a file where a folder must be');
    await expect(open(dataDir).ensureRunning()).rejects.toMatchObject({
      code: 'index-unavailable',
      message: expect.stringMatching(/set CHROMA_URL.*last words:\n\S/s),
    });
    expect(await readdir(dataDir)).toEqual(['chroma']);
  });

  it('is not started for a caller who has given up, nor after it was closed', async () => {
    const server = open(await newFolder());
    await expect(server.ensureRunning(AbortSignal.abort(new Error('given up')))).rejects.toThrow('given up');
    await server[Symbol.asyncDispose]();
    await expect(server.ensureRunning()).rejects.toMatchObject({ code: 'index-unavailable' });
  });
});

describe('a data folder shared by processes', () => {
  it('has one server: the second process uses the first one’s', async () => {
    const dataDir = await newFolder();
    const { url } = await startElsewhere(dataDir);
    expect(await open(dataDir).ensureRunning()).toBe(url);
  });

  it('gets a new server when the process that owned the old one stops it', async () => {
    const dataDir = await newFolder();
    const { child, url } = await startElsewhere(dataDir);
    const guest = open(dataDir);
    expect(await guest.ensureRunning()).toBe(url);
    child.stdin?.write('close\n');
    await once(child, 'exit');
    expect(await isUp(url)).toBe(false);
    guest.forget(url);
    const renewed = await guest.ensureRunning();
    expect(await isUp(renewed)).toBe(true);
  });

  it('hands the server of a killed process to the next one, which stops it', async () => {
    const dataDir = await newFolder();
    const { child, url } = await startElsewhere(dataDir);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const heir = open(dataDir);
    expect(await heir.ensureRunning()).toBe(url);
    const { pid, owner } = await readRegistration(dataDir);
    expect(owner).toBe(process.pid);
    await heir[Symbol.asyncDispose]();
    await untilGone(pid);
  });

  it.each([
    ['names a process that is gone', JSON.stringify({ pid: 2 ** 22 - 3, port: 59_999, owner: 2 ** 22 - 3 })],
    ['names a process that is no server', JSON.stringify({ pid: process.pid, port: 1, owner: process.pid })],
    ['cannot be read', '{"pid":'],
  ])('replaces a registration that %s', async (_case, registration) => {
    const dataDir = await newFolder();
    await writeFile(path.join(dataDir, 'chroma.json'), registration);
    expect(await isUp(await open(dataDir).ensureRunning())).toBe(true);
  });

  it('is not locked for ever by a process that was killed while it started the server', async () => {
    const dataDir = await newFolder();
    await writeFile(path.join(dataDir, 'chroma.lock'), `${2 ** 22 - 3} some-token`);
    const urls = await Promise.all([open(dataDir).ensureRunning(), open(dataDir).ensureRunning()]);
    expect(new Set(urls).size).toBe(1);
    expect((await readdir(dataDir)).sort()).toEqual(['chroma', 'chroma.json']);
  });
});

describe('a process that uses the server', () => {
  it('ends by itself and takes the server along, even when it forgot to close it', async () => {
    const dataDir = await newFolder();
    const { child } = await startElsewhere(dataDir);
    const { pid } = await readRegistration(dataDir);
    const exited = once(child, 'exit');
    child.stdin?.end();
    expect(await exited).toEqual([0, null]);
    await untilGone(pid);
  });
});
