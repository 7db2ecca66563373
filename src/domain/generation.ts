import { z } from 'zod';
import { SourceState } from './knowledge-source.ts';

/** Which model made the vectors. Vectors of different models never meet: every comparison checks this first. */
export const EmbeddingModel = z.object({
  id: z.string(),
  /** SHA-256 over the model's weights and tokenizer. */
  checksum: z.string(),
  dimension: z.int().min(1),
});
export type EmbeddingModel = Readonly<z.infer<typeof EmbeddingModel>>;

export function isSameModel(a: EmbeddingModel, b: EmbeddingModel): boolean {
  return a.id === b.id && a.checksum === b.checksum && a.dimension === b.dimension;
}

/** One published state of the knowledge. Readers see exactly one; `key` changes if and only if the content does. */
export const Generation = z.object({
  key: z.string(),
  model: EmbeddingModel,
  /** Where the knowledge was read and at which commits. These may move on while the content, and so the key, stays. */
  sources: z.array(SourceState),
  publishedAt: z.iso.datetime(),
  documents: z.int().min(0),
  chunks: z.int().min(0),
});
export type Generation = Readonly<z.infer<typeof Generation>>;
