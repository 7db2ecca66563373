import type { Chunk } from '../src/domain/document.ts';
import { PrecedentError } from '../src/domain/errors.ts';
import type { EmbeddedChunk, Embedder } from '../src/ports.ts';
import { mapAhead } from './streams/look-ahead.ts';

/** Batches that wait or work at the same time: enough to keep every worker of a pool busy, few enough to stay small. */
const MAX_IN_FLIGHT = 4;

/** Vectors in the order of `chunks`, a batch at a time; the next ones are at work while their reader stores this one. */
export function embedChunks(
  chunks: readonly Chunk[],
  embedder: Pick<Embedder, 'embed' | 'maxBatch'>,
  signal?: AbortSignal,
): AsyncGenerator<EmbeddedChunk[]> {
  const batches = slices(chunks, embedder.maxBatch);
  return mapAhead(batches, { budget: MAX_IN_FLIGHT }, (batch, either) => embedBatch(batch, embedder, either), signal);
}

/** `Title › Heading. names. text`: the way the bundled model was trained and measured. */
export function toEmbeddingText(chunk: Chunk): string {
  return `${chunk.header.replaceAll('\n', '. ')}. ${chunk.text}`;
}

async function embedBatch(
  chunks: readonly Chunk[],
  embedder: Pick<Embedder, 'embed'>,
  signal: AbortSignal,
): Promise<EmbeddedChunk[]> {
  signal.throwIfAborted();
  const vectors = await embedder.embed(chunks.map(toEmbeddingText), 'passage', signal);
  const embedded = chunks.flatMap(({ id, text }, at) => {
    const vector = vectors[at];
    return vector === undefined ? [] : [{ id, text, vector }];
  });
  if (embedded.length === chunks.length && vectors.length === chunks.length) return embedded;
  const message = `the embedder gave ${vectors.length} vectors for ${chunks.length} texts`;
  throw new PrecedentError('embedder-unavailable', message);
}

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
