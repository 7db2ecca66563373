import { createHash } from 'node:crypto';
import type { Embedder } from '../../src/ports.ts';
import { createRandom, gaussian } from './random.ts';

/** Passages that are embedded in earnest; the others are made of these. */
const REAL = 2_000;
/** How far a made-up passage strays from a real one: its cosine to it is about .85. */
const STRAY = 0.55;
const NOISE = 0.02;

/**
 * Questions go to the real model, and so do the first passages. Every further passage gets a vector for nearly nothing:
 * a real one, moved along the difference of two others, so that neighbourhoods stay shaped as the model shapes them.
 * Vectors without that shape would say nothing about how well an approximate index finds.
 */
export function createCheapPassages(real: Embedder, pool = REAL): Embedder {
  const known: Float32Array[] = [];
  let claimed = 0;
  const embedReally = async (texts: readonly string[], signal?: AbortSignal) => {
    const vectors = await real.embed(texts, 'passage', signal);
    known.push(...vectors);
    return vectors;
  };
  let filling: Promise<unknown> = Promise.resolve();
  return {
    maxBatch: real.maxBatch,
    describe: (signal) => real.describe(signal),
    loadTokenizer: (signal) => real.loadTokenizer(signal),
    embed: async (texts, role, signal) => {
      if (role === 'query') return real.embed(texts, role, signal);
      if (claimed < pool) {
        claimed += texts.length;
        const vectors = embedReally(texts, signal);
        filling = Promise.all([filling, vectors]);
        return vectors;
      }
      await filling;
      return texts.map((text) => makeVector(text, known));
    },
    [Symbol.asyncDispose]: () => real[Symbol.asyncDispose](),
  };
}

/** The same for the same text and the same real vectors. */
export function makeVector(text: string, known: readonly Float32Array[]): Float32Array {
  const random = createRandom(createHash('sha256').update(text).digest().readInt32LE(0));
  const pick = () => known[Math.floor(random() * known.length)] ?? new Float32Array();
  const [home, from, towards] = [pick(), pick(), pick()];
  const vector = home.map(
    (value, at) => value + STRAY * ((towards[at] ?? 0) - (from[at] ?? 0)) + NOISE * gaussian(random),
  );
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}
