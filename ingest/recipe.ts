import { createHash } from 'node:crypto';
import type { EmbeddingModel } from '../src/domain/generation.ts';
import { CHUNK_RECIPE } from './chunk/chunk.ts';

/**
 * Goes up by one whenever the same file becomes other documents or other chunks than before: then the next ingest
 * reads all files anew, instead of taking over what an older version made of them. `recipe.test.ts` notices.
 */
export const FORMAT = 2;

/** Of the documents in `parse/__fixtures__` as this format makes them. */
export const FORMAT_CHECKSUM = 'dba6ae55c08c185b';

/**
 * What decides, beside its bytes and its path, what a file becomes. `settings` is the part of it that is configured:
 * which kinds are redacted, and which files are what. The model counts the tokens that chunks are cut by.
 */
export function buildRecipe(settings: string, { id, checksum, dimension }: EmbeddingModel): string {
  const all = JSON.stringify([FORMAT, CHUNK_RECIPE, settings, id, checksum, dimension]);
  return createHash('sha256').update(all).digest('hex').slice(0, 40);
}
