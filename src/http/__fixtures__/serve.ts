import { createMemoryAccess } from '../../testing/memory-access.ts';
import { createMemoryCasebook } from '../../testing/memory-casebook.ts';
import { createMemoryConversations } from '../../testing/memory-conversations.ts';
import { createMemoryIndex } from '../../testing/memory-index.ts';
import { createMemoryIntake } from '../../testing/memory-intake.ts';
import { createMemoryOutbox } from '../../testing/memory-outbox.ts';
import { createMemorySnapshots } from '../../testing/memory-snapshots.ts';
import { type App, createApp } from '../../app.ts';
import { readConfig } from '../../config.ts';
import type { Log } from '../../log.ts';
import type { Ports } from '../../ports.ts';
import { createHashEmbedder } from '../../testing/hash-embedder.ts';
import { startServer } from '../server.ts';

export interface LoggedFailure {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly error: unknown;
}

export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly app: App;
  /** What the server logged as failed requests, in order. */
  readonly failures: readonly LoggedFailure[];
  close(): Promise<void>;
}

/** A real server on a free port over in-memory drivers; `env` are settings, `ports` take the place of single drivers. */
export async function serve(env: NodeJS.ProcessEnv = {}, ports: Partial<Ports> = {}): Promise<Served> {
  const casebook = ports.casebook ?? createMemoryCasebook();
  const app = createApp(readConfig({ PORT: '0', ...env }, ''), {
    index: createMemoryIndex(),
    embedder: createHashEmbedder(),
    casebook,
    intake: createMemoryIntake(casebook),
    outbox: createMemoryOutbox(),
    conversations: createMemoryConversations(),
    access: createMemoryAccess(),
    snapshots: createMemorySnapshots(),
    ...ports,
  });
  const failures: LoggedFailure[] = [];
  const { url, close } = await startServer(app, recordFailures(failures));
  return {
    url,
    app,
    failures,
    close,
    async [Symbol.asyncDispose]() {
      await close();
      await app[Symbol.asyncDispose]();
    },
  };
}

function recordFailures(failures: LoggedFailure[]): Log {
  const ignore = () => {};
  return {
    listening: ignore,
    refreshed: ignore,
    diagnosed: ignore,
    accepted: ignore,
    triaged: ignore,
    noiseRulesRead: ignore,
    stage: ignore,
    backgroundFailed: ignore,
    requestFailed: (request, error) => failures.push({ ...request, error }),
  };
}

export function postJson(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** The body of a problem, after checking that it is one. */
export async function readProblem(response: Response): Promise<Record<string, unknown>> {
  const type = response.headers.get('content-type');
  if (type !== 'application/problem+json') throw new Error(`${response.status} answered ${type}, not a problem`);
  const body: unknown = await response.json();
  if (typeof body !== 'object' || body === null) throw new Error('the problem is not an object');
  return { ...body };
}
