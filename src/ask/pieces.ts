import { splitPassages } from '../diagnose/predict/passages.ts';
import type { Section } from '../domain/document.ts';
import type { SourceRef } from '../domain/source.ts';

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
  let from = 0;
  return splitPassages(section.text).flatMap((passage) => {
    const at = Math.max(from, section.text.indexOf(passage, from));
    from = at + passage.length;
    return cutPassage(passage, (start, length) => placeOf(section, at + start, length));
  });
}

type Place = (start: number, length: number) => SourceRef;

function cutPassage(passage: string, place: Place): Piece[] {
  if (passage.includes('```') || passage.includes('~~~')) return [withCommands(passage, place)];
  if (passage.startsWith('|')) return cutRows(passage, place);
  return cutSentences(passage, place);
}

function withCommands(passage: string, place: Place): Piece {
  const commands = [...passage.matchAll(FENCE)].map(([, body = '']) => dedent(body)).filter(Boolean);
  const prose = passage.slice(0, Math.max(0, passage.search(/^[ \t]*(?:```|~~~)/m)));
  const quote = prose.trim() === '' ? (commands[0]?.split('\n')[0] ?? '') : toLine(prose);
  return { text: toLine(prose.trim().replace(LIST_MARK, '')), quote, commands, source: place(0, passage.length) };
}

function cutRows(passage: string, place: Place): Piece[] {
  let at = 0;
  const rows = passage.split('\n').flatMap((row): Piece[] => {
    const start = at;
    at += row.length + 1;
    const cells = row
      .split('|')
      .map((cell) => cell.trim())
      .filter(Boolean);
    const isRule = cells.every((cell) => /^:?-{1,200}:?$/.test(cell));
    return isRule || cells.length === 0
      ? []
      : [{ text: cells.join(': '), quote: toLine(row), commands: [], source: place(start, row.length) }];
  });
  // The first row of a table with a rule below it names its columns.
  return /^\|[^\n]*\n\|?[\s:|-]{3,}(?:\n|$)/.test(passage) ? rows.slice(headed(passage) ? 1 : 0) : rows;
}

function headed(passage: string): boolean {
  return (passage.split('\n')[0] ?? '').split('|').some((cell) => cell.trim() !== '');
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
  return text.split('\n').length - 1;
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
