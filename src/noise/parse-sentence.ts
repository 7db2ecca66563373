import { NOISE_BOUNDS, type NoiseCondition, type NoiseSentence } from '../domain/noise-rule.ts';
import { findWideness } from './breadth.ts';
import {
  type Cursor,
  comes,
  createCursor,
  isWord,
  mistakeAt,
  next,
  peek,
  refuse,
  SentenceError,
  type SentenceMistake,
  take,
} from './cursor.ts';
import { readTest } from './parse-test.ts';

export type { SentenceMistake };

export type ParsedSentence =
  | { readonly ok: true; readonly sentence: NoiseSentence }
  | { readonly ok: false; readonly mistake: SentenceMistake };

/**
 * A sentence of the grammar in docs/noise.md as a rule, or the first mistake in it. Takes time in proportion to the text,
 * of which it reads no more than its bound.
 */
export function parseSentence(text: string): ParsedSentence {
  try {
    if (text.length > NOISE_BOUNDS.sentence) {
      throw mistakeAt(
        NOISE_BOUNDS.sentence + 1,
        `a rule has at most ${NOISE_BOUNDS.sentence} characters: make two of it`,
      );
    }
    const sentence = readSentence(createCursor(text));
    const tooWide = findWideness(sentence);
    if (tooWide !== undefined) throw mistakeAt(1, tooWide);
    return { ok: true, sentence };
  } catch (error) {
    if (error instanceof SentenceError) return { ok: false, mistake: error.mistake };
    throw error;
  }
}

function readSentence(cursor: Cursor): NoiseSentence {
  if (!take(cursor, 'when')) refuse(cursor, '“when”, with which a rule begins', ['when']);
  const when = readCondition(cursor, 0);
  const unless = take(cursor, 'unless') ? readCondition(cursor, 0) : undefined;
  const between = take(cursor, 'between') ? readHours(cursor) : undefined;
  const until = take(cursor, 'until') ? readDay(cursor) : undefined;
  readEnd(cursor);
  return {
    action: 'filter',
    when,
    ...(unless === undefined ? {} : { unless }),
    ...(between === undefined ? {} : { between }),
    ...(until === undefined ? {} : { until }),
  };
}

const JOINTS = { and: 'all', or: 'any' } as const;

/** Tests joined by the one word or by the other; both in one go would mean two things. */
function readCondition(cursor: Cursor, depth: number): NoiseCondition {
  const first = readPart(cursor, depth);
  const joint = (['and', 'or'] as const).find((word) => comes(cursor, [word]));
  if (joint === undefined) return first;
  const parts = [first];
  while (take(cursor, joint)) parts.push(readPart(cursor, depth));
  const other = joint === 'and' ? 'or' : 'and';
  if (comes(cursor, [other])) {
    const example = 'the alert is A and (the namespace is dev or the namespace is staging)';
    const why = `“and” and “or” stand side by side, which can be read in two ways: put brackets around what belongs together, as in “${example}”`;
    throw mistakeAt(peek(cursor).at, why);
  }
  const kind = JOINTS[joint];
  // Brackets around more of the same change nothing.
  return { kind, conditions: parts.flatMap((part) => (part.kind === kind ? part.conditions : [part])) };
}

function readPart(cursor: Cursor, depth: number): NoiseCondition {
  if (peek(cursor).kind !== 'open') return readTest(cursor);
  if (depth >= NOISE_BOUNDS.depth) {
    throw mistakeAt(peek(cursor).at, `brackets go ${NOISE_BOUNDS.depth} deep at most: make two rules of it`);
  }
  next(cursor);
  const inside = readCondition(cursor, depth + 1);
  if (peek(cursor).kind !== 'close') refuse(cursor, '“and”, “or” or “)”', ['and', 'or']);
  next(cursor);
  return inside;
}

function readHours(cursor: Cursor): { from: string; to: string } {
  const from = readTime(cursor);
  if (!take(cursor, 'and')) refuse(cursor, '“and” between the two times', ['and']);
  const { at } = peek(cursor);
  const to = readTime(cursor);
  if (from === to) throw mistakeAt(at, 'the two times are the same: leave “between” out for the whole day');
  if (!take(cursor, 'utc')) refuse(cursor, '“UTC” after the times, the only zone there is', ['UTC']);
  return { from, to };
}

function readTime(cursor: Cursor): string {
  const { kind, text } = peek(cursor);
  const fits = kind === 'word' && /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text);
  return fits ? next(cursor).text : refuse(cursor, 'a time such as 06:00 or 22:30');
}

function readDay(cursor: Cursor): string {
  const { kind, text } = peek(cursor);
  const fits = kind === 'word' && /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = fits ? Date.parse(text) : Number.NaN;
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
  return isDay ? next(cursor).text : refuse(cursor, 'a day such as 2026-12-31');
}

const WAYS_ON = ['and', 'or', 'unless', 'between', 'until', 'then'];

function readEnd(cursor: Cursor): void {
  if (!take(cursor, 'then')) refuse(cursor, '“then filter it out”, with which a rule ends', WAYS_ON);
  for (const word of ['filter', 'it', 'out']) {
    const hasFullStop = word === 'out' && isWord(peek(cursor), 'out.');
    if (hasFullStop) next(cursor);
    else if (!take(cursor, word)) refuse(cursor, '“then filter it out”: nothing else can be done', [word]);
  }
  if (peek(cursor).kind !== 'end') refuse(cursor, 'nothing after “then filter it out”');
}
