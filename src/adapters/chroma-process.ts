import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { PrecedentError } from '../domain/errors.ts';
import { isAlive } from './file-lock.ts';

const OUTPUT_KEPT = 4_096;
/** The server's library is large; from a cold disk it takes its time. */
const START_MS = 60_000;
const STOP_MS = 2_000;

/** One child process that serves the Chroma API on loopback, from its start to its end. */
export class ChromaProcess {
  readonly pid: number;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #output = new OutputTail(OUTPUT_KEPT);
  /** A process that ends without disposing of its server still takes it along. */
  readonly #onExit = () => void this.#child.kill('SIGINT');

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.port = port;
    for (const stream of [child.stdout, child.stderr]) this.#output.follow(stream);
    process.once('exit', this.#onExit);
    child.once('exit', () => process.removeListener('exit', this.#onExit));
  }

  /** Starts the server of the `chromadb` package itself and waits until it answers. */
  static async start(dataPath: string, signal?: AbortSignal): Promise<ChromaProcess> {
    const port = await findFreePort();
    const child = spawn(
      process.execPath,
      [findCli(), 'run', '--path', dataPath, '--host', '127.0.0.1', '--port', String(port)],
      {
        // Its own process group: Ctrl-C reaches us, and we stop the server after the last request is answered.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        // Nothing else: the server has no business with our settings and secrets, and CHROMA_… names would configure it.
        env: { ANONYMIZED_TELEMETRY: 'False', DO_NOT_TRACK: '1' },
      },
    );
    child.unref();
    const server = new ChromaProcess(child, port);
    try {
      await server.#untilHealthy(signal);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  get isRunning(): boolean {
    return this.pid > 0 && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  onExit(listener: () => void): void {
    this.#child.once('exit', listener);
  }

  async stop(): Promise<void> {
    if (this.isRunning) {
      const exited = once(this.#child, 'exit');
      this.#child.ref();
      this.#child.kill('SIGINT');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
      await exited;
      clearTimeout(timer);
    }
    process.removeListener('exit', this.#onExit);
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  async #untilHealthy(signal?: AbortSignal): Promise<void> {
    // A child that cannot even be spawned reports it as an event, which unheard would end the process.
    this.#child.once('error', (error) => this.#output.push(`${error.message}\n`));
    const deadline = Date.now() + START_MS;
    while ((await probe(this.port)) !== 'healthy') {
      signal?.throwIfAborted();
      if (!this.isRunning) throw this.#failure('ended before it answered');
      if (Date.now() > deadline) throw this.#failure(`did not answer within ${START_MS / 1000} s`);
      await sleep(25);
    }
  }

  #failure(what: string): PrecedentError {
    const said = this.#output.text.trim() || '(it wrote nothing)';
    return new PrecedentError(
      'index-unavailable',
      `the embedded Chroma server ${what}. If it cannot run on this machine, set CHROMA_URL to a Chroma server ` +
        `that does. Its last words:\n${said}`,
    );
  }
}

/** The end of what the child wrote, and no more than that. */
class OutputTail {
  readonly #limit: number;
  text = '';

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(text: string): void {
    this.text = (this.text + text).slice(-this.#limit);
  }

  follow(stream: ChildProcess['stdout']): void {
    stream?.setEncoding('utf8').on('data', (text: string) => this.push(text));
    // The pipe of a child process is a socket, and may not hold the process open.
    if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
}

/** Asks a server on loopback whether it is well. `absent`: nothing listens there; `silent`: something does not answer. */
export async function probe(port: number, timeoutMs = 1_000): Promise<'healthy' | 'absent' | 'silent'> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/v2/heartbeat`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.arrayBuffer();
    return response.ok ? 'healthy' : 'silent';
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'silent' : 'absent';
  }
}

/** Ends a server that another, dead process started. */
export async function stopOrphan(pid: number): Promise<void> {
  const signal = (name: 'SIGINT' | 'SIGKILL') => isAlive(pid) && process.kill(pid, name);
  signal('SIGINT');
  const deadline = Date.now() + STOP_MS;
  while (isAlive(pid) && Date.now() < deadline) await sleep(25);
  signal('SIGKILL');
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

/** The package exports neither its CLI nor its package.json, but its folder can be told from its entry point. */
function findCli(): string {
  const entry = createRequire(import.meta.url).resolve('chromadb');
  for (let folder = path.dirname(entry); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const bin = readBin(path.join(folder, 'package.json'));
    if (bin) return path.join(folder, bin);
  }
  throw new PrecedentError('index-unavailable', 'the chromadb package has no CLI: reinstall with `npm ci`');
}

const PackageJson = z.object({
  name: z.literal('chromadb'),
  bin: z.union([z.string(), z.record(z.string(), z.string()).transform((bins) => bins['chroma'])]),
});

function readBin(file: string): string | undefined {
  try {
    return PackageJson.parse(JSON.parse(readFileSync(file, 'utf8'))).bin;
  } catch {
    return undefined;
  }
}
