import { join } from 'node:path';
import { createTransformersEmbedder } from '../../src/adapters/transformers-embedder.ts';
import { type App, createApp } from '../../src/app.ts';
import { PROJECT_DIR, readConfig } from '../../src/config.ts';
import type { Embedder, Ports } from '../../src/ports.ts';

/** What the two processes of one size agree on: which knowledge, where, embedded how. */
export interface SearchSetting {
  readonly folder: string;
  readonly documents: number;
  /** `model` embeds every passage; with `none` most vectors are made up from real ones. */
  readonly embedder: 'model' | 'none';
}

export function openModel(folder: string): Embedder {
  const model = join(PROJECT_DIR, 'models', 'runbook-embed-small');
  return createTransformersEmbedder({ model, cacheDir: join(folder, 'models') });
}

/** The whole service, as `precedent serve` has it, over the folder's knowledge and its embedded Chroma. */
export function openApp({ folder }: SearchSetting, ports: Partial<Ports>): App {
  const settings = { KNOWLEDGE_DIR: join(folder, 'knowledge'), DATA_DIR: dataDirOf(folder) };
  return createApp(readConfig(settings, join(folder, 'none.yaml')), ports);
}

export function dataDirOf(folder: string): string {
  return join(folder, 'data');
}

/** A process that a signal ends says no farewell to its Chroma; one that exits by itself takes it along. */
export function takeChromaAlong(): void {
  const exit = () => process.exit(1);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, exit);
  // Whoever waits for the answer is gone.
  process.once('disconnect', exit);
  process.channel?.unref();
}
