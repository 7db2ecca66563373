import { findNearest } from './nearest.ts';
import { type Token, tokenise } from './tokens.ts';

/** Why a sentence is no rule: where, and how to mend it. */
export interface SentenceMistake {
  /** Character, counted from 1. */
  readonly at: number;
  readonly message: string;
}

/** Where the reading of one sentence stands. */
export interface Cursor {
  readonly tokens: readonly Token[];
  position: number;
  /** So far, over all brackets. */
  tests: number;
}

/** Leaves the reading from however deep: `parseSentence` alone catches it. */
export class SentenceError extends Error {
  readonly mistake: SentenceMistake;
  constructor(mistake: SentenceMistake) {
    super(mistake.message);
    this.mistake = mistake;
  }
}

export function createCursor(text: string): Cursor {
  return { tokens: tokenise(text), position: 0, tests: 0 };
}

export function peek({ tokens, position }: Cursor, ahead = 0): Token {
  const token = tokens[Math.min(position + ahead, tokens.length - 1)];
  if (!token) throw new Error('a sentence has a last token');
  return token;
}

/** Words of the grammar are the same in capitals. */
export function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word;
}

/** Whether these words come next, without going on. */
export function comes(cursor: Cursor, words: readonly string[]): boolean {
  return words.every((word, ahead) => isWord(peek(cursor, ahead), word));
}

/** Goes past these words where they come next. */
export function take(cursor: Cursor, ...words: readonly string[]): boolean {
  const isThere = comes(cursor, words);
  if (isThere) cursor.position += words.length;
  return isThere;
}

export function next(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.position++;
  return token;
}

/** What stands here is not what should; `words` are those that might have been meant. */
export function refuse(cursor: Cursor, expected: string, words: Iterable<string> = []): never {
  const token = peek(cursor);
  if (token.kind === 'broken') throw mistakeAt(token.at, token.text);
  const found = token.kind === 'end' ? 'the end of the sentence' : quote(token.text);
  const nearest = token.kind === 'word' ? findNearest(token.text, words) : undefined;
  const meant = nearest === undefined ? '' : ` (did you mean ${quote(nearest)}?)`;
  throw mistakeAt(token.at, `expected ${expected}, but found ${found}${meant}`);
}

export function mistakeAt(at: number, why: string): SentenceError {
  return new SentenceError({ at, message: `at character ${at}: ${why}` });
}

const MAX_SHOWN = 40;

/** What somebody wrote, as it may be shown. */
export function quote(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return `“${plain.length > MAX_SHOWN ? `${plain.slice(0, MAX_SHOWN)}…` : plain}”`;
}
