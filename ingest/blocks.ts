import { splitSentences } from './sentences.ts';

/** A run of text that chunks are packed from. Lines count from 0 within the section. */
export interface Block {
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
  readonly isFence: boolean;
  /** Does it continue the block before in the same paragraph, list or fence? Otherwise a blank line parts them. */
  readonly isTight: boolean;
}

export interface BlockLimits {
  readonly text: number;
  readonly fence: number;
}

/** Splits Markdown at blank lines, list items and fences, and whatever is still too large at its line ends. */
export function splitBlocks(markdown: string, limits: BlockLimits): Block[] {
  return groupLines(withoutComments(markdown).split('\n')).flatMap((block) => shrink(block, limits));
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

function groupLines(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let start = 0;
  let fence: string | undefined;
  const close = (end: number, isFence: boolean) => {
    const text = lines.slice(start, end).join('\n');
    const isTight = blocks.at(-1)?.endLine === start - 1;
    if (text.trim() !== '') blocks.push({ text, line: start, endLine: end - 1, isFence, isTight });
    start = end;
  };
  lines.forEach((line, at) => {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.trim() === mark) {
        close(at + 1, true);
        fence = undefined;
      }
    } else if (mark !== undefined) {
      close(at, false);
      fence = mark;
    } else if (line.trim() === '') {
      close(at, false);
      start = at + 1;
    } else if (ITEM.test(line)) close(at, false);
  });
  close(lines.length, fence !== undefined);
  return blocks;
}

function shrink(block: Block, limits: BlockLimits): Block[] {
  const limit = block.isFence ? limits.fence : limits.text;
  if (block.text.length <= limit) return [block];
  const lines = block.text.split('\n').map((text, at) => ({
    ...block,
    text,
    line: block.line + at,
    endLine: block.line + at,
    isTight: at > 0 || block.isTight,
  }));
  return packBlocks(
    lines.flatMap((line) => shrinkLine(line, limit)),
    limit,
  );
}

/** A single line over the limit: at its sentences, or else hard, because no embedding sees more of it anyway. */
function shrinkLine(line: Block, limit: number): Block[] {
  if (line.text.length <= limit) return [line];
  const pieces = splitSentences(line.text).flatMap((sentence) => cutHard(sentence, limit));
  return packSentences(pieces, limit).map((text, at) => ({ ...line, text, isTight: at > 0 || line.isTight }));
}

function packSentences(sentences: readonly string[], limit: number): string[] {
  const packed: string[] = [];
  for (const sentence of sentences) {
    const last = packed.at(-1);
    if (last !== undefined && last.length + 1 + sentence.length <= limit)
      packed[packed.length - 1] = `${last} ${sentence}`;
    else packed.push(sentence);
  }
  return packed;
}

function cutHard(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const space = rest.lastIndexOf(' ', limit);
    const end = space > limit / 2 ? space : limit;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/** Puts neighbours together as long as they fit into `limit`; a block that is larger by itself stays alone. */
export function packBlocks(blocks: readonly Block[], limit: number): Block[] {
  const packed: Block[] = [];
  for (const block of blocks) {
    const last = packed.at(-1);
    const joined = last && `${last.text}${block.isTight ? '\n' : '\n\n'}${block.text}`;
    if (last && joined !== undefined && joined.length <= limit) {
      packed[packed.length - 1] = {
        ...last,
        text: joined,
        endLine: block.endLine,
        isFence: last.isFence && block.isFence,
      };
    } else packed.push(block);
  }
  return packed;
}
