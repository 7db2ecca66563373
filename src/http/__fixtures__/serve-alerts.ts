import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, type AppObservers, createApp } from '../../app.ts';
import { readConfig } from '../../config.ts';
import type { Scope } from '../../domain/principal.ts';
import { createLog } from '../../log.ts';
import type { Ports } from '../../ports.ts';
import { createHashEmbedder } from '../../testing/hash-embedder.ts';
import { createKnowledgeFolder } from '../../testing/knowledge-folder.ts';
import { createMemoryIndex } from '../../testing/memory-index.ts';
import { startServer } from '../server.ts';
import { createTeam, type Team } from './alert-team.ts';
import { SHOP } from './shop.ts';

export interface AlertService extends AsyncDisposable {
  readonly url: string;
  readonly app: App;
  /** What failed behind everybody's back, in order. */
  readonly failures: readonly string[];
  /** So many minutes go by at once, for all that goes by the clock. */
  passes(minutes: number): void;
  /** Somebody with a token of this namespace. */
  team(namespace: string, scopes?: readonly Scope[]): Promise<Team>;
}

export interface AlertServiceOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** What precedent.yaml says. */
  readonly file?: string;
  readonly ports?: Partial<Ports>;
  readonly observers?: AppObservers;
}

const OPERATOR = 'operator';

/** The whole service on a free port, at work: the shop's knowledge, and a casebook in a file of its own. */
export async function serveAlerts(options: AlertServiceOptions = {}): Promise<AlertService> {
  const { env = {}, file = '', ports, observers } = options;
  const folder = await mkdtemp(join(tmpdir(), 'precedent-alerts-'));
  const knowledge = await createKnowledgeFolder(SHOP);
  const settings = join(folder, 'precedent.yaml');
  await writeFile(settings, file);
  let minutes = 0;
  const failures: string[] = [];
  const base = { PORT: '0', DATA_DIR: folder, KNOWLEDGE_DIR: knowledge.path, API_TOKENS: OPERATOR };
  const now = () => new Date(Date.now() + minutes * 60_000);
  const app = createApp(
    readConfig({ ...base, ...env }, settings),
    { index: createMemoryIndex(), embedder: createHashEmbedder(), now, ...ports },
    { onBackgroundFailure: (what, error) => failures.push(`${what}: ${String(error)}`), ...observers },
  );
  await app.ingest();
  await app.noise.refresh();
  const server = await startServer(app, createLog('silent'));
  app.alerts.start();
  return {
    ...{ url: server.url, app, failures },
    passes: (more) => {
      minutes += more;
    },
    team: (namespace, scopes = ['admin']) => createTeam(server.url, OPERATOR, { namespace, scopes }, now),
    async [Symbol.asyncDispose]() {
      await server.close();
      await app[Symbol.asyncDispose]();
      await knowledge[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
