import { createHash } from 'node:crypto';

/** A text that somebody else wrote, with the id under which a prompt shows it. */
export interface FencedPiece {
  readonly id: string;
  readonly text: string;
}

export interface Fences {
  /** Stands in every delimiter and in no text: whoever writes a text cannot know it, nor close a fence with it. */
  readonly key: string;
  /** In the order of the pieces. */
  readonly blocks: readonly string[];
}

/**
 * Fences texts as data. The key is a hash over all of them, so a planted closing line would have to hold the hash of a
 * text that holds that hash; should a text hold the key nevertheless, another one is derived until none does.
 */
export function fence(pieces: readonly FencedPiece[]): Fences {
  const texts = pieces.map(({ text }) => neutralise(text));
  const key = deriveKey(texts);
  return { key, blocks: pieces.map(({ id }, index) => `<<<${key} ${id}\n${texts[index] ?? ''}\n${key} ${id}>>>`) };
}

function deriveKey(texts: readonly string[]): string {
  for (let round = 0; ; round++) {
    const key = createHash('sha256')
      .update(JSON.stringify([round, texts]))
      .digest('hex')
      .slice(0, 16);
    if (!texts.some((text) => text.includes(key))) return key;
  }
}

/** Control characters, and what is invisible: zero-width, bidirectional and tag characters. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: taking control characters out is the point
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** Words by which chat templates mark roles. Some servers read them as such even inside a message. */
const ROLE_MARKS =
  /<(?=[|｜]|\/?s>|\/?(?:start|end)_of_turn>|\/?SYS>>|\/?(?:bos|eos|think|system|assistant|user|tool_call)\b)|\[(?=\/?INST\])/gi;

/** The same words without anything that a reader cannot see or that a chat template would take for its own. */
export function neutralise(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(INVISIBLE, '').replace(ROLE_MARKS, '$& ');
}
