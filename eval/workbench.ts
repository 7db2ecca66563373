import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type App, createApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Embedder, KnowledgeIndex } from '../src/ports.ts';
import { createMemoryIndex } from '../src/testing/memory-index.ts';
import type { KnowledgeFile } from './datasets.ts';
import { lend } from './memo-embedder.ts';

/** The whole service over one data set: real parser, real embedding model, real retrieval; only the index is in memory. */
export interface Workbench extends AsyncDisposable {
  readonly app: App;
  /** What the app serves. */
  readonly index: KnowledgeIndex;
}

/** With an `embedder`, which stays open, what it knows already is not embedded again; `extra` are more settings. */
export async function openWorkbench(
  files: readonly KnowledgeFile[],
  embedder?: Embedder,
  extra: Readonly<Record<string, string>> = {},
): Promise<Workbench> {
  const folder = await mkdtemp(join(tmpdir(), 'precedent-eval-'));
  await writeKnowledge(folder, files);
  const settings = { KNOWLEDGE_DIR: folder, DATA_DIR: join(folder, '.precedent'), ...extra };
  const index = createMemoryIndex();
  const app = createApp(readConfig(settings, join(folder, 'none.yaml')), {
    index,
    ...(embedder ? { embedder: lend(embedder) } : {}),
  });
  const dispose = async () => {
    await app[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await app.ingest();
  } catch (error) {
    await dispose();
    throw error;
  }
  return { app, index, [Symbol.asyncDispose]: dispose };
}

async function writeKnowledge(folder: string, files: readonly KnowledgeFile[]): Promise<void> {
  const paths = new Set(files.map(({ path }) => path));
  if (paths.size !== files.length) throw new Error('two documents of the data set would be one file');
  for (const { path, text } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
