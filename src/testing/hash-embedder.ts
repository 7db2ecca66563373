import { PrecedentError } from '../domain/errors.ts';
import type { EmbeddingModel } from '../domain/generation.ts';
import type { CountTokens, Embedder } from '../ports.ts';

export interface HashEmbedder extends Embedder {
  /** Every batch that was asked for, in the order of the calls. */
  readonly batches: readonly (readonly string[])[];
}

export interface HashEmbedderOptions {
  readonly id?: string;
  readonly dimension?: number;
  readonly maxBatch?: number;
}

/** An embedder without a model: texts that share words get vectors that point the same way. Equal texts, equal vectors. */
export function createHashEmbedder(options: HashEmbedderOptions = {}): HashEmbedder {
  const { id = 'hashed-words', dimension = 64, maxBatch = 16 } = options;
  const model: EmbeddingModel = { id, checksum: `${id}-${dimension}`, dimension };
  const batches: (readonly string[])[] = [];
  return {
    maxBatch,
    batches,
    describe: async () => model,
    loadTokenizer: async () => countWords,
    async embed(texts, _role, signal) {
      signal?.throwIfAborted();
      if (texts.length > maxBatch) {
        throw new PrecedentError('input-invalid', `${texts.length} texts in a batch of at most ${maxBatch}`);
      }
      batches.push([...texts]);
      return texts.map((text) => embedWords(text, dimension));
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A way of counting without a model: each word and each mark is a token. */
export const countWords: CountTokens = (text) => text.match(/[\p{L}\p{N}]+|[^\p{L}\p{N}\s]/gu)?.length ?? 0;

function embedWords(text: string, dimension: number): Float32Array {
  const vector = new Float32Array(dimension);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const hash = hashWord(word);
    const place = hash % dimension;
    vector[place] = (vector[place] ?? 0) + (hash & 0x10000 ? 1 : -1);
  }
  const norm = Math.hypot(...vector);
  // A text without words still needs a vector of length one.
  if (norm === 0) vector[0] = 1;
  return norm === 0 ? vector : vector.map((value) => value / norm);
}

/** FNV-1a, 32 bit. */
function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (const character of word) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
