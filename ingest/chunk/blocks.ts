import { splitSentences } from './sentences.ts';

/** A run of text that chunks are packed from. Lines count from 0 within the section. */
export interface Block extends Lines {
  /** What it takes of a limit. Counted once: sizes of joined blocks add up, no join makes more than a token of them. */
  readonly size: number;
}

interface Lines {
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
  readonly isFence: boolean;
  /** What stood between it and the block before. */
  readonly joint: '' | ' ' | '\n' | '\n\n';
}

/** The size of a text; for one too large for any limit a lower bound will do. */
export type Measure = (text: string) => number;

/** Sizes, by `measure`, that no block exceeds. */
export interface BlockLimits {
  readonly text: number;
  readonly fence: number;
  readonly measure: Measure;
}

/** Splits Markdown at blank lines, list items and fences, and whatever is still too large at its line ends. */
export function* splitBlocks(markdown: string, limits: BlockLimits): Generator<Block> {
  for (const block of groupLines(withoutComments(markdown).split('\n'))) yield* shrink(block, limits);
}

/** A fence's first line, or a whole comment; each attempt ends at the next of its kind, so the search is linear. */
const FENCE_OR_COMMENT = /^[ \t]*(`{3,}(?=[^`\n]*$)|~{3,})|<!--(?:(?!-->|<!--)[\s\S])*-->/gm;

/**
 * Keeps the number of lines, so that positions stay true. A comment that opens twice is left alone: to look for the end
 * of each `<!--` would take hours on a hostile file. Fences are left alone: there it may be part of a command.
 */
function withoutComments(markdown: string): string {
  const search = new RegExp(FENCE_OR_COMMENT);
  let kept = '';
  let at = 0;
  for (let found = search.exec(markdown); found !== null; found = search.exec(markdown)) {
    const [text, fence] = found;
    if (fence === undefined) {
      kept += markdown.slice(at, found.index) + text.replace(/[^\n]/g, '');
      at = search.lastIndex;
    } else search.lastIndex = findFenceEnd(markdown, search.lastIndex, fence);
  }
  return kept + markdown.slice(at);
}

/** Where the line that closes a fence ends. One that is never closed runs to the end, as `groupLines` has it. */
function findFenceEnd(markdown: string, start: number, fence: string): number {
  for (let end = markdown.indexOf('\n', start); end !== -1; ) {
    const next = markdown.indexOf('\n', end + 1);
    const line = markdown.slice(end + 1, next === -1 ? undefined : next).trim();
    if (line.startsWith(fence) && line === fence.charAt(0).repeat(line.length))
      return next === -1 ? markdown.length : next;
    end = next;
  }
  return markdown.length;
}

const FENCE = /^\s*(?:[-*+>]\s+|\d+[.)]\s+)*(`{3,}|~{3,})/;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s/;

function* groupLines(lines: readonly string[]): Generator<Lines> {
  let start = 0;
  let fence: string | undefined;
  let lastEnd: number | undefined;
  function* close(end: number, isFence: boolean): Generator<Lines> {
    const text = lines.slice(start, end).join('\n');
    if (text.trim() !== '') {
      yield { text, line: start, endLine: end - 1, isFence, joint: lastEnd === start - 1 ? '\n' : '\n\n' };
      lastEnd = end - 1;
    }
    start = end;
  }
  for (const [at, line] of lines.entries()) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.trim() === mark) {
        yield* close(at + 1, true);
        fence = undefined;
      }
    } else if (mark !== undefined) {
      yield* close(at, false);
      fence = mark;
    } else if (line.trim() === '') {
      yield* close(at, false);
      start = at + 1;
    } else if (ITEM.test(line)) yield* close(at, false);
  }
  yield* close(lines.length, fence !== undefined);
}

function* shrink(block: Lines, limits: BlockLimits): Generator<Block> {
  const limit = block.isFence ? limits.fence : limits.text;
  const size = limits.measure(block.text);
  if (size <= limit) yield { ...block, size };
  else yield* packBlocks(shrinkLines(block, limit, limits.measure), limit);
}

function* shrinkLines(block: Lines, limit: number, measure: Measure): Generator<Block> {
  for (const [at, text] of block.text.split('\n').entries()) {
    const joint = at === 0 ? block.joint : '\n';
    const line = { ...block, text, line: block.line + at, endLine: block.line + at, joint };
    const size = measure(text);
    if (size <= limit) yield { ...line, size };
    else yield* packBlocks(shrinkLine(line, limit, measure), limit);
  }
}

/** A single line over the limit: at its sentences, or else hard, because no embedding sees more of it anyway. */
function* shrinkLine(line: Lines, limit: number, measure: Measure): Generator<Block> {
  let { joint } = line;
  for (const sentence of splitSentences(line.text)) {
    for (const piece of cutHard(sentence, limit, measure)) {
      const text = piece.text.trim();
      if (text !== '') yield { ...line, text, size: piece.size, joint };
      joint = /\s$/.test(piece.text) ? ' ' : '';
    }
    joint = ' ';
  }
}

/** Halves until it fits: each level measures the text once, and what is beyond measuring is halved for nothing. */
function* cutHard(text: string, limit: number, measure: Measure): Generator<{ text: string; size: number }> {
  const size = measure(text);
  if (size <= limit || text.length < 2) {
    yield { text, size };
    return;
  }
  const cut = findCut(text);
  yield* cutHard(text.slice(0, cut), limit, measure);
  yield* cutHard(text.slice(cut), limit, measure);
}

/** After the last space near the middle, or in the middle, but never within a character. */
function findCut(text: string): number {
  const middle = Math.ceil(text.length / 2);
  const nearest = middle - Math.ceil(text.length / 8);
  const space = text.slice(nearest, middle).lastIndexOf(' ');
  if (space !== -1) return nearest + space + 1;
  const isWithin = middle > 1 && /[\uDC00-\uDFFF]/.test(text.charAt(middle));
  return isWithin ? middle - 1 : middle;
}

/** Puts neighbours together as long as they fit into `limit`; a block that is larger by itself stays alone. */
export function* packBlocks(blocks: Iterable<Block>, limit: number): Generator<Block> {
  let packed: Block | undefined;
  for (const block of blocks) {
    if (packed !== undefined && packed.size + block.size <= limit) packed = join(packed, block);
    else {
      if (packed !== undefined) yield packed;
      packed = block;
    }
  }
  if (packed !== undefined) yield packed;
}

function join(block: Block, next: Block): Block {
  return {
    ...block,
    text: `${block.text}${next.joint}${next.text}`,
    endLine: next.endLine,
    isFence: block.isFence && next.isFence,
    size: block.size + next.size,
  };
}
