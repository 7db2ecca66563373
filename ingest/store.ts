import { type Chunk, DOCUMENT_KINDS, type DocumentKind, type KnowledgeDocument } from '../src/domain/document.ts';
import type { EmbeddingModel } from '../src/domain/generation.ts';
import type { ManifestDocument, ManifestFile } from '../src/domain/manifest.ts';
import type { Embedder, KnowledgeIndex } from '../src/ports.ts';
import { embedChunks } from './embed.ts';
import type { FileInProgress } from './file-in-progress.ts';
import { inBatches, mapAhead } from './streams/look-ahead.ts';
import type { Stopwatch } from './streams/stopwatch.ts';

export interface Store {
  readonly index: Pick<KnowledgeIndex, 'listMissing' | 'addChunks' | 'addDocuments'>;
  readonly embedder: Pick<Embedder, 'embed' | 'maxBatch'>;
  readonly model: EmbeddingModel;
  readonly watch: Stopwatch;
  /** Chunks of the documents that were stored, by kind: `storeFiles` fills it, and takes each of them once. */
  readonly named: NamedChunks;
  /** Told how many vectors were made and stored. */
  readonly onEmbedded: (count: number) => void;
}

export type NamedChunks = Map<DocumentKind, Set<string>>;

/** Chunks that are looked up and written together: enough to make requests few, few enough to hold little. */
const BATCH_CHUNKS = 256;

/** Files without anything to store are passed on together, too: their readers wait for whole batches. */
const FILES_PER_CHUNK = 4;

/** Batches at work at the same time: one is being embedded while another is looked up and a third is written. */
const BATCHES_AHEAD = 4;

/**
 * Writes what is new beside what is there, and gives each file's entry in the manifest; texts are let go of with their
 * batch. Nothing of it is visible before a manifest that names it is published.
 */
export async function* storeFiles(
  files: AsyncIterable<FileInProgress>,
  store: Store,
  signal?: AbortSignal,
): AsyncGenerator<ManifestFile> {
  const batches = inBatches(files, BATCH_CHUNKS, weigh);
  const storeOne = (batch: readonly FileInProgress[], either: AbortSignal) => storeBatch(batch, store, either);
  for await (const stored of mapAhead(batches, { budget: BATCHES_AHEAD }, storeOne, signal)) yield* stored;
}

function weigh({ fresh }: FileInProgress): number {
  return fresh.reduce((sum, { chunks }) => sum + chunks.length, 1 / FILES_PER_CHUNK);
}

async function storeBatch(
  batch: readonly FileInProgress[],
  store: Store,
  signal: AbortSignal,
): Promise<ManifestFile[]> {
  const documents = batch.flatMap(({ fresh }) => fresh);
  if (documents.length === 0) return batch.map(({ file }) => file);
  for (const { kind, chunks } of takeUnseen(documents, store.named)) await storeChunks(kind, chunks, store, signal);
  const hashes = await store.watch.stage('store', () => store.index.addDocuments(documents, signal));
  const entries = documents.map((document, at) => toEntry(document, hashes[at] ?? ''));
  return batch.map(({ file, fresh }) =>
    fresh.length === 0 ? file : { ...file, documents: [...file.documents, ...entries.splice(0, fresh.length)] },
  );
}

/** A chunk that several documents share is taken once, whichever batch it comes in first. */
function takeUnseen(documents: readonly KnowledgeDocument[], named: NamedChunks) {
  return DOCUMENT_KINDS.flatMap((kind) => {
    const known = named.get(kind) ?? new Set();
    named.set(kind, known);
    const chunks: Chunk[] = [];
    for (const document of documents) {
      for (const chunk of document.kind === kind ? document.chunks : []) {
        if (known.has(chunk.id)) continue;
        known.add(chunk.id);
        chunks.push(chunk);
      }
    }
    return chunks.length === 0 ? [] : [{ kind, chunks }];
  });
}

async function storeChunks(
  kind: DocumentKind,
  chunks: readonly Chunk[],
  { index, embedder, model, watch, onEmbedded }: Store,
  signal: AbortSignal,
): Promise<void> {
  const ids = chunks.map(({ id }) => id);
  const missing = new Set(await watch.stage('store', () => index.listMissing(kind, model, ids, signal)));
  const wanted = chunks.filter(({ id }) => missing.has(id));
  for await (const embedded of watch.stream('embed', embedChunks(wanted, embedder, signal))) {
    await watch.stage('store', () => index.addChunks(kind, model, embedded, signal));
    onEmbedded(embedded.length);
  }
}

function toEntry({ kind, id, source, chunks }: KnowledgeDocument, hash: string): ManifestDocument {
  return { kind, id, line: source.line, hash, chunks: chunks.map((chunk) => chunk.id) };
}
