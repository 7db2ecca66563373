/** `line` is where the block opens; its first own line is the next one. */
export interface FrontMatterBlock {
  readonly format: 'yaml' | 'toml';
  readonly text: string;
  readonly line: number;
}

/** The block that a file opens with, and how many lines it takes altogether. */
export interface OpeningBlock {
  readonly block: FrontMatterBlock;
  readonly lines: number;
}

/** A fence, something on the next line, and a fence again. Other files that begin with `---` have a rule there. */
export function findFrontMatter(lines: readonly string[]): OpeningBlock | undefined {
  const fence = lines[0]?.trimEnd();
  if ((fence !== '---' && fence !== '+++') || (lines[1] ?? '').trim() === '') return undefined;
  const end = lines.findIndex((line, at) => at > 0 && line.trimEnd() === fence);
  if (end === -1) return undefined;
  const format = fence === '---' ? 'yaml' : 'toml';
  return { block: { format, text: lines.slice(1, end).join('\n'), line: 1 }, lines: end + 1 };
}

/** A first line of `---`, then `name: value`, and no second `---`: Markdown takes that for a rule and a paragraph. */
export function isUnclosed(text: string): boolean {
  return /^---[ \t]*\n[\w-]+:/.test(text) && !/\n---[ \t]*(?:\n|$)/.test(text);
}
