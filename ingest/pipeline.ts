import { isPrecedentError } from '../src/domain/errors.ts';
import type { Generation } from '../src/domain/generation.ts';
import type { IngestReport } from '../src/domain/ingest-report.ts';
import type { Clock, Embedder, KnowledgeIndex } from '../src/ports.ts';
import { chunkFiles } from './chunk.ts';
import { assertKnowledge, collect, compareFiles } from './collect.ts';
import { embedMissing, listMissing } from './embed.ts';
import { findGitState } from './git.ts';
import { parseFiles } from './parse.ts';
import { addVectors, buildGeneration, publish, restoreSwept } from './publish.ts';
import { readKnowledge } from './read.ts';
import { createStopwatch } from './stopwatch.ts';

export interface IngestInput {
  readonly knowledgeDir: string;
  readonly now: Clock;
}

export interface IngestContext {
  readonly index: KnowledgeIndex;
  readonly embedder: Embedder;
}

/** Files while the sources are read (how many there are is not known before the last), then chunks. */
export interface IngestProgress {
  readonly stage: 'read' | 'embed' | 'publish';
  readonly done: number;
  readonly total?: number;
}

export interface IngestOptions {
  readonly onProgress?: (progress: IngestProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * The write path: read → parse → chunk → embed → publish. The first three are one stream, so that no more than one
 * file's bytes are held at a time. Until the last stage readers see the old generation; stopping anywhere costs nothing
 * but the work, and the next run takes up the vectors that are already there.
 */
export async function ingest(
  input: IngestInput,
  ports: IngestContext,
  options: IngestOptions = {},
): Promise<IngestReport> {
  return ports.index.exclusively(() => ingestAlone(input, ports, options), options.signal);
}

async function ingestAlone(
  { knowledgeDir, now }: IngestInput,
  { index, embedder }: IngestContext,
  { onProgress = () => {}, signal }: IngestOptions,
): Promise<IngestReport> {
  const watch = createStopwatch();
  const files = watch.stream('read', readKnowledge(knowledgeDir, signal));
  const parsed = watch.stream('parse', parseFiles(files));
  const chunked = watch.stream('chunk', chunkFiles(parsed));
  const knowledge = await collect(chunked, (done) => onProgress({ stage: 'read', done }));
  assertKnowledge(knowledge, knowledgeDir);

  const { served, files: before } = await findServed(index, signal);
  const git = await findGitState(knowledgeDir, signal);
  const model = await embedder.describe(signal);
  const generation = buildGeneration(knowledge.documents, model, git, now());

  const missing = await watch.stage('embed', () => listMissing(knowledge.documents, model, index, signal));
  const total = missing.reduce((sum, { chunks }) => sum + chunks.length, 0);
  const vectors = watch.stream('embed', embedMissing(missing, embedder, signal));
  const onAdded = (done: number) => onProgress({ stage: 'embed', done, total });
  const embedded = await watch.stage('publish', () => addVectors(vectors, model, index, onAdded, signal));
  const published = await watch.stage('publish', () => publish(generation, knowledge.documents, served, index, signal));
  const ports = { index, embedder };
  const restored = await watch.stage('publish', () => restoreSwept(knowledge.documents, model, ports, signal));
  onProgress({ stage: 'publish', done: generation.chunks, total: generation.chunks });

  return {
    generation: generation.key,
    ...(git === undefined ? {} : { gitSha: git.sha }),
    published,
    files: compareFiles(knowledge.files, before),
    problems: [...knowledge.problems],
    documents: generation.documents,
    chunks: generation.chunks,
    embedded: embedded + restored,
    timings: watch.timings(),
  };
}

interface Served {
  readonly served?: Generation;
  /** Path → blob id of every file in the served generation. */
  readonly files: ReadonlyMap<string, string>;
}

/** A generation whose documents are gone is none: publishing again is what mends it. */
async function findServed(index: KnowledgeIndex, signal: AbortSignal | undefined): Promise<Served> {
  const served = await index.findGeneration(signal);
  const files = new Map<string, string>();
  if (served === undefined) return { files };
  try {
    for await (const { source } of index.readDocuments(served, signal)) files.set(source.path, source.sha);
    return { served, files };
  } catch (error) {
    if (isPrecedentError(error, 'index-empty')) return { files: new Map() };
    throw error;
  }
}
