/** What a line belongs to, whatever stands in it: `code` and `raw` (comments, `<pre>`) hold no Markdown of their own. */
export type LineKind = 'text' | 'blank' | 'code' | 'raw';

/** A fence may be indented as deep as the list it is in. */
const FENCE = /^[ \t]*(`{3,}|~{3,})/;

/** HTML that blank lines do not end, and what ends it. */
const RAW: readonly (readonly [RegExp, RegExp])[] = [
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<(?:pre|script|style|textarea)(?:[\s>]|$)/i, /<\/(?:pre|script|style|textarea)>/i],
];

/** One kind for each line, in one pass: where the text may be looked at line by line, and where it may be cut. */
export function kindsOf(lines: readonly string[]): LineKind[] {
  let open: Stretch | undefined;
  return lines.map((line) => {
    const within = open ?? opening(line);
    if (within === undefined) return line.trim() === '' ? 'blank' : 'text';
    open = within.ends(line, open === undefined) ? undefined : within;
    return within.kind;
  });
}

interface Stretch {
  readonly kind: LineKind;
  /** Whether this line is the last; the line that opens a fence never closes it. */
  ends(line: string, isFirst: boolean): boolean;
}

function opening(line: string): Stretch | undefined {
  const fence = openingFence(line);
  if (fence !== undefined) return { kind: 'code', ends: (below, isFirst) => !isFirst && closes(below, fence) };
  const end = RAW.find(([start]) => start.test(line))?.[1];
  return end && { kind: 'raw', ends: (below) => end.test(below) };
}

/** A backtick after the backticks makes it a piece of inline code, no fence. */
function openingFence(line: string): string | undefined {
  const fence = FENCE.exec(line)?.[1];
  if (fence === undefined) return undefined;
  const info = line.slice(line.indexOf(fence) + fence.length);
  return fence.startsWith('`') && info.includes('`') ? undefined : fence;
}

function closes(line: string, fence: string): boolean {
  const text = line.trim();
  return text.length >= fence.length && text === fence.charAt(0).repeat(text.length);
}
