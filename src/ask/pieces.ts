import { splitPassages } from '../diagnose/predict/passages.ts';
import type { Section } from '../domain/document.ts';
import type { SourceRef } from '../domain/source.ts';
import { type Block, cutBlocks, type Row } from './tables.ts';

/** The least that an answer quotes: a sentence, a row of a table, or a passage with its commands. */
export interface Piece {
  /** On one line, without the marks of its list. */
  readonly text: string;
  /** As it stands in the lines of `source`, but for line breaks. */
  readonly quote: string;
  readonly commands: readonly string[];
  readonly source: SourceRef;
}

/** Where one sentence ends and the next begins; a point in a name or a number ends none. */
const SENTENCE_END = /(?<=[.!?])\s+(?=[\p{Lu}`"'*(\p{N}])/u;

const FENCE = /^[ \t]*(?:```|~~~)[^\n]*\n([\s\S]*?)^[ \t]*(?:```|~~~)[ \t]*$/gm;

const LIST_MARK = /^(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?/;

/** A section's words in pieces, each with the very lines it stands in. */
export function cutPieces(section: Section): Piece[] {
  return eachPassage(section, cutPassage);
}

type Place = (start: number, length: number) => SourceRef;

/** A section's passages, each whole: what belongs to one item of a list stays together. */
export function cutPassages(section: Section): Piece[] {
  return eachPassage(section, (passage, place) => {
    if (isFenced(passage)) return [withCommands(passage, place)];
    return cutBlocks(passage).flatMap((block) =>
      block.rows ? toPieces(block.rows, passage, place) : whole(block, place),
    );
  });
}

function eachPassage({ text, source }: Section, cut: (passage: string, place: Place) => Piece[]): Piece[] {
  let from = 0;
  return splitPassages(text).flatMap((passage) => {
    const at = Math.max(from, text.indexOf(passage, from));
    from = at + passage.length;
    return cut(passage, (start, length) => placeOf({ text, source }, at + start, length));
  });
}

function cutPassage(passage: string, place: Place): Piece[] {
  if (isFenced(passage)) return [withCommands(passage, place)];
  return cutBlocks(passage).flatMap(({ start, text, rows }) => {
    if (rows) return toPieces(rows, passage, place);
    // Rows that lost their head would be told as a sentence that nobody wrote.
    if (text.startsWith('|')) return [];
    return cutSentences(text, (at, length) => place(start + at, length));
  });
}

function isFenced(passage: string): boolean {
  return passage.includes('```') || passage.includes('~~~');
}

function toPieces(rows: readonly Row[], passage: string, place: Place): Piece[] {
  return rows.map(({ text, start, length }) => {
    const quote = toLine(passage.slice(start, start + length));
    return { text, quote, commands: [], source: place(start, length) };
  });
}

function whole({ start, text }: Block, place: Place): Piece[] {
  const said = toLine(text.trim().replace(LIST_MARK, ''));
  if (said === '' || said.startsWith('|')) return [];
  return [{ text: said, quote: said, commands: [], source: place(start, text.length) }];
}

function withCommands(passage: string, place: Place): Piece {
  const commands = [...passage.matchAll(FENCE)].map(([, body = '']) => dedent(body)).filter(Boolean);
  const prose = passage.slice(0, Math.max(0, passage.search(/^[ \t]*(?:```|~~~)/m)));
  const quote = prose.trim() === '' ? (commands[0]?.split('\n')[0] ?? '') : toLine(prose);
  return { text: toLine(prose.trim().replace(LIST_MARK, '')), quote, commands, source: place(0, passage.length) };
}

function cutSentences(passage: string, place: Place): Piece[] {
  const body = passage.replace(LIST_MARK, '');
  let at = passage.length - body.length;
  return body.split(SENTENCE_END).flatMap((sentence): Piece[] => {
    const start = passage.indexOf(sentence, at);
    at = start + sentence.length;
    const text = toLine(sentence);
    return text === '' ? [] : [{ text, quote: text, commands: [], source: place(start, sentence.length) }];
  });
}

/** The lines of a stretch of a section. */
export function placeOf({ text, source }: Pick<Section, 'text' | 'source'>, start: number, length: number): SourceRef {
  const line = source.line + countBreaks(text.slice(0, start));
  const endLine = Math.min(source.endLine, line + countBreaks(text.slice(start, start + length)));
  return { ...source, line: Math.min(line, source.endLine), endLine };
}

function countBreaks(text: string): number {
  let breaks = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks++;
  return breaks;
}

function dedent(body: string): string {
  const lines = body.split('\n');
  const depths = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const depth = depths.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
  return lines
    .map((line) => line.slice(Number.isFinite(depth) ? depth : 0))
    .join('\n')
    .trim();
}

export function toLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
