import { describe, expect, it } from 'vitest';
import type { Chunk } from '../src/domain/document.ts';
import type { EmbeddedChunk } from '../src/ports.ts';
import { createHashEmbedder } from '../src/testing/hash-embedder.ts';
import { embedChunks, toEmbeddingText } from './embed.ts';

const SOURCE = { path: 'runbooks/a.md', line: 1, endLine: 1, headingPath: [], sha: 'f00d' };

function chunksOf(lengths: readonly number[]): Chunk[] {
  return lengths.map((length, at) => ({
    id: `c${at}`,
    header: 'T',
    text: `w${at} ${'x'.repeat(length)}`,
    source: SOURCE,
  }));
}

async function gather(batches: AsyncIterable<readonly EmbeddedChunk[]>): Promise<EmbeddedChunk[]> {
  const all: EmbeddedChunk[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

/** Lengths in no order at all, the same in every run. */
const SHUFFLED = Array.from({ length: 700 }, (_, at) => (at * 379) % 450);

describe('embedding', () => {
  it('gives every chunk its own vector, in the order of the chunks', async () => {
    const embedder = createHashEmbedder({ maxBatch: 8 });
    const chunks = chunksOf(SHUFFLED);
    const embedded = await gather(embedChunks(chunks, embedder));
    expect(embedded.map((chunk) => chunk.id)).toEqual(chunks.map((chunk) => chunk.id));
    const [alone] = await embedder.embed([`T. ${chunks[123]!.text}`], 'passage');
    expect(embedded[123]!.vector).toEqual(alone);
  });

  it('gives texts to the embedder in the order they come', async () => {
    const embedder = createHashEmbedder({ maxBatch: 8 });
    const chunks = chunksOf(SHUFFLED);
    await gather(embedChunks(chunks, embedder));
    expect(embedder.batches.flat()).toEqual(chunks.map(toEmbeddingText));
  });

  it('fills its batches, and never beyond what the embedder takes', async () => {
    const embedder = createHashEmbedder({ maxBatch: 8 });
    await gather(embedChunks(chunksOf(SHUFFLED), embedder));
    expect(embedder.batches.length).toBe(Math.ceil(700 / 8));
  });

  it('keeps only so many batches in flight', async () => {
    const embedder = createHashEmbedder({ maxBatch: 2 });
    let [running, most] = [0, 0];
    const slow = {
      maxBatch: 2,
      async embed(...call: Parameters<typeof embedder.embed>) {
        most = Math.max(most, ++running);
        await new Promise((resume) => setTimeout(resume, 1));
        running--;
        return embedder.embed(...call);
      },
    };
    expect(await gather(embedChunks(chunksOf(SHUFFLED.slice(0, 200)), slow))).toHaveLength(200);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('stops soon after it is told to', async () => {
    const embedder = createHashEmbedder({ maxBatch: 1 });
    const stop = new AbortController();
    const batches = embedChunks(chunksOf(SHUFFLED), embedder, stop.signal);
    await batches.next();
    const worked = embedder.batches.length;
    stop.abort(new Error('enough'));
    await expect(gather(batches)).rejects.toThrow();
    expect(embedder.batches.length).toBeLessThanOrEqual(worked + 8);
  });

  it('stops working when its reader goes away', async () => {
    const embedder = createHashEmbedder({ maxBatch: 1 });
    for await (const _ of embedChunks(chunksOf(SHUFFLED), embedder)) break;
    const worked = embedder.batches.length;
    await new Promise((resume) => setTimeout(resume, 5));
    expect(embedder.batches.length).toBe(worked);
  });

  it('passes the embedder’s error on, with no other promise left behind', async () => {
    const failing = { maxBatch: 2, embed: async () => Promise.reject(new Error('no model')) };
    await expect(gather(embedChunks(chunksOf(SHUFFLED), failing))).rejects.toThrow('no model');
  });

  it('refuses fewer vectors than texts', async () => {
    const forgetful = { maxBatch: 4, embed: async () => [Float32Array.of(1)] };
    await expect(gather(embedChunks(chunksOf([1, 2, 3]), forgetful))).rejects.toMatchObject({
      code: 'embedder-unavailable',
    });
  });
});
