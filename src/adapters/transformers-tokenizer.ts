import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import type { CountTokens } from '../ports.ts';
import { TOKENIZER } from './transformers-model-files.ts';
import { type Preparation, prepareText } from './transformers-preparation.ts';

/** Words whose count is remembered; those of a team repeat, and longer ones seldom do. */
const MAX_REMEMBERED = 20_000;
const MAX_WORD = 64;

/**
 * Counts as the worker's model does, with the same library on the same files, but on the calling thread: to ask a worker
 * about every paragraph would cost more than the counting.
 */
export async function loadTokenizer(folder: string, preparation: Preparation): Promise<CountTokens> {
  const [tokenizer, config] = await Promise.all(TOKENIZER.map((file) => readJson(folder, file)));
  const encoder = createEncoder(folder, tokenizer ?? {}, config ?? {});
  // What stands before every passage belongs to the model, as its special tokens do.
  const bare = { ...preparation, passage: '' };
  return countByWord(
    (word) => encoder.encode(prepareText(bare, word, 'passage'), { add_special_tokens: false }).ids.length,
  );
}

/** No model's tokens reach across a space, so words may be counted one by one, and each but once: three times as fast. */
function countByWord(countTokens: CountTokens): CountTokens {
  const known = new Map<string, number>();
  return (text) => {
    let sum = 0;
    for (const [word] of text.matchAll(/\S+/g)) {
      const tokens = known.get(word) ?? countTokens(word);
      if (word.length <= MAX_WORD && !known.has(word)) {
        if (known.size >= MAX_REMEMBERED) known.clear();
        // A copy: a slice would keep the whole document it was cut from in memory.
        known.set(Buffer.from(word).toString(), tokens);
      }
      sum += tokens;
    }
    return sum;
  };
}

function createEncoder(folder: string, tokenizer: object, config: object): Tokenizer {
  try {
    const encoder = new Tokenizer(tokenizer, config);
    // Parts that are missing are noticed only when they are used.
    encoder.encode('disk full');
    return encoder;
  } catch (error) {
    throw corrupt(path.join(folder, TOKENIZER[0]), error);
  }
}

async function readJson(folder: string, file: string): Promise<object> {
  const place = path.join(folder, file);
  try {
    const content: unknown = JSON.parse(await readFile(place, 'utf8'));
    if (typeof content === 'object' && content !== null) return content;
    throw new Error('it holds no object');
  } catch (error) {
    throw corrupt(place, error);
  }
}

function corrupt(place: string, cause: unknown): PrecedentError {
  return new PrecedentError(
    'model-corrupt',
    `${place} is no tokenizer that can be read (${messageOf(cause)}): restore it, or point EMBEDDING_MODEL to another ` +
      'transformers.js feature-extraction model',
    { cause },
  );
}
