import { createHash } from 'node:crypto';
import type { KnowledgeDocument } from '../src/domain/document.ts';
import type { EmbeddingModel, Generation } from '../src/domain/generation.ts';
import type { Embedder, KnowledgeIndex } from '../src/ports.ts';
import { type EmbeddedBatch, embedMissing, listMissing } from './embed.ts';
import type { GitState } from './git.ts';

/**
 * The state to be published. Its key is made of what readers would see and of the model, not of the commit: a commit
 * that touches no knowledge is no new generation.
 */
export function buildGeneration(
  documents: readonly KnowledgeDocument[],
  model: EmbeddingModel,
  git: GitState | undefined,
  now: Date,
): Generation {
  return {
    key: hashContent(documents, model),
    model,
    ...(git === undefined ? {} : { gitSha: git.sha, dirty: git.dirty }),
    publishedAt: now.toISOString(),
    documents: documents.length,
    chunks: new Set(documents.flatMap((document) => document.chunks.map((chunk) => `${document.kind} ${chunk.id}`)))
      .size,
  };
}

function hashContent(documents: readonly KnowledgeDocument[], model: EmbeddingModel): string {
  const hash = createHash('sha256').update(JSON.stringify([model.id, model.checksum, model.dimension]));
  const sorted = [...documents].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  for (const document of sorted) hash.update('\0').update(JSON.stringify(document));
  return hash.digest('hex').slice(0, 40);
}

function sortKey(document: KnowledgeDocument): string {
  return `${document.kind} ${document.id}`;
}

/** Stores vectors beside the old ones, as they come; nobody sees them yet. Returns how many there were. */
export async function addVectors(
  batches: AsyncIterable<EmbeddedBatch>,
  model: EmbeddingModel,
  index: Pick<KnowledgeIndex, 'addChunks'>,
  onAdded: (done: number) => void,
  signal?: AbortSignal,
): Promise<number> {
  let done = 0;
  for await (const { kind, chunks } of batches) {
    await index.addChunks(kind, model, chunks, signal);
    done += chunks.length;
    onAdded(done);
  }
  return done;
}

/**
 * Flips to the new generation, then sweeps what nobody needs any more. When everything is as it was there is nothing
 * to flip, but a run that died after its flip has left something to sweep.
 */
export async function publish(
  generation: Generation,
  documents: readonly KnowledgeDocument[],
  served: Generation | undefined,
  index: Pick<KnowledgeIndex, 'publish' | 'sweep'>,
  signal?: AbortSignal,
): Promise<boolean> {
  const isNew = served?.key !== generation.key;
  if (isNew) await index.publish(generation, documents, signal);
  await index.sweep(signal);
  return isNew;
}

/**
 * Adds what is gone of the published chunks, and returns how many that were: until the flip nothing names new vectors,
 * so another machine's sweep may have taken them. A sweep that starts after the flip spares them.
 */
export async function restoreSwept(
  documents: readonly KnowledgeDocument[],
  model: EmbeddingModel,
  { index, embedder }: { readonly index: KnowledgeIndex; readonly embedder: Embedder },
  signal?: AbortSignal,
): Promise<number> {
  const swept = await listMissing(documents, model, index, signal);
  return addVectors(embedMissing(swept, embedder, signal), model, index, () => {}, signal);
}
