import { kindsOf, type LineKind } from './line-kinds.ts';

/** A stretch of whole lines that is parsed by itself. `line` is the first one's index. */
export interface Piece {
  readonly line: number;
  readonly endLine: number;
  /** Markup in it is left alone (`plain`), or there are no words in it at all (`opaque`). */
  readonly as: 'markdown' | 'plain' | 'opaque';
}

/** Parsing takes more than linear time beyond this, so larger files are cut at their headings. */
const PIECE = 50_000;
/** Where no heading comes, any block begins a piece; where no block ends, any item of a list or row does. */
const LARGE_PIECE = 2 * PIECE;

/** Markdown's grammar takes quadratic time of the marks in one paragraph, and of the depth of one line. */
const MAX_PARAGRAPH = 20_000;
const MAX_MARKS = 1_000;
const MAX_DEPTH = 50;

export function cutIntoPieces(lines: readonly string[]): Piece[] {
  const kinds = kindsOf(lines);
  const pieces: Piece[] = [];
  let start = 0;
  let size = 0;
  for (let at = 0, end = 0; at < lines.length; at = end) {
    end = endOfRun(lines, kinds, at);
    const run = lines.slice(at, end);
    const as = judge(run, kinds[at]);
    if (as !== 'markdown' || (size > PIECE && mayBegin(lines, kinds, at, size))) {
      add(pieces, { line: start, endLine: at, as: 'markdown' });
      start = at;
      size = 0;
    }
    if (as !== 'markdown') {
      add(pieces, { line: at, endLine: end, as });
      start = end;
    } else size += run.reduce((sum, line) => sum + line.length + 1, 0);
  }
  add(pieces, { line: start, endLine: lines.length, as: 'markdown' });
  return pieces;
}

/** What is not parsed and follows what is not parsed belongs to it. */
function add(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  if (piece.endLine === piece.line) return;
  if (last === undefined || piece.as === 'markdown' || last.as !== piece.as) pieces.push(piece);
  else pieces[pieces.length - 1] = { ...last, endLine: piece.endLine };
}

const OPENS_RUN = /^\s*(?:[-*+]|\d{1,9}[.)])\s|^\s*\||^\s*#|^ {0,3}\[[^[\]]+\]:/;

/** Lines that share one run of inline markup: a paragraph, one item, one row of a table. */
function endOfRun(lines: readonly string[], kinds: readonly LineKind[], start: number): number {
  let end = start + 1;
  if (kinds[start] !== 'text') return end;
  while (kinds[end] === 'text' && !OPENS_RUN.test(lines[end] ?? '')) end++;
  return end;
}

function judge(run: readonly string[], kind: LineKind | undefined): Piece['as'] {
  if (kind !== 'text') return 'markdown';
  const text = run.join('\n');
  if (text.length > MAX_PARAGRAPH) {
    if (text.includes(';base64,')) return 'opaque';
    return /^ {0,3}<\/?[a-z]/i.test(text) && text.length < LARGE_PIECE ? 'markdown' : 'plain';
  }
  return countMarks(text) > MAX_MARKS || run.some(isDeep) ? 'plain' : 'markdown';
}

function countMarks(text: string): number {
  return text.length <= MAX_MARKS ? 0 : (text.match(/\*+|_+|~+|\[/g)?.length ?? 0);
}

/** A list or a quote that is nested so deep means nothing to a reader. */
function isDeep(line: string): boolean {
  const head = /^[\s>*+\-\d.)]*/.exec(line)?.[0] ?? '';
  const depth = head.length < MAX_DEPTH ? 0 : (head.match(/[-*+](?=\s)|>|\d[.)](?=\s)/g)?.length ?? 0);
  return depth > MAX_DEPTH || /^\s{200}/.test(head);
}

/** Nothing may be torn apart that belongs together: a list and its items, a paragraph and its underline. */
function mayBegin(lines: readonly string[], kinds: readonly LineKind[], at: number, size: number): boolean {
  const line = lines[at] ?? '';
  if (kinds[at] !== 'text') return false;
  if (/^#{1,6}\s/.test(line)) return true;
  if (size <= LARGE_PIECE) return false;
  return /^(?:[-*+]|\d{1,9}[.)])\s/.test(line) || (kinds[at - 1] === 'blank' && /^[^\s|>]/.test(line));
}
