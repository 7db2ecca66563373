/** What a reviewer would not see, or see in another order than it stands: controls, and marks that turn or hide text. */
const UNSEEN = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** Would switch rules of the linter off for the whole file, wherever in it the words stand. */
const LINT_SWITCH = /precedent-lint-disable/gi;

const LINE_END = /\r\n?|[\n\u0085\u2028\u2029]/;

/** One line without surrounding or repeated space, and without what nobody would see. */
export function toOneLine(text: string): string {
  return text
    .replace(/[\s\u0085]+/gu, ' ')
    .replace(UNSEEN, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Words of others as words of one line of Markdown: they read the same, and none of their marks means anything. */
export function escapeLine(text: string): string {
  return toOneLine(text)
    .replace(LINT_SWITCH, 'precedent\u2011lint\u2011disable')
    .replace(/[\\`*[\]<~|$]|&(?=#?\w+;)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
    .replace(/^[#>+=-]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replace(/#$/, '\\#');
}

/** A longer text of others, cut: a quotation, which is neither heading nor fact of the file it stands in. */
export function quoteBlock(text: string, { maxLines = 40, maxCharacters = 4_000 } = {}): string {
  const lines = text.slice(0, maxCharacters).split(LINE_END).map(escapeLine);
  const told = lines.filter((line) => line !== '');
  const shown = told.slice(0, maxLines).map((line) => `> ${line}`);
  const isCut = told.length > maxLines || text.length > maxCharacters;
  // An empty quoted line between two keeps them apart.
  return [...shown, ...(isCut ? ['> …'] : [])].join('\n>\n');
}

/** A name as code, whatever characters it has. */
export function codeSpan(name: string): string {
  const text = toOneLine(name).replace(LINT_SWITCH, 'precedent\u2011lint\u2011disable') || '-';
  const mark = '`'.repeat(longestRun(text) + 1);
  return text.startsWith('`') || text.endsWith('`') ? `${mark} ${text} ${mark}` : `${mark}${text}${mark}`;
}

/** Backticks in a row. */
export function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** As many whole words as fit, with a mark where some were left out. */
export function cutWords(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most - 1);
  const space = kept.lastIndexOf(' ');
  return `${(space > most / 2 ? kept.slice(0, space) : kept.replace(/[\uD800-\uDBFF]$/, '')).trimEnd()}…`;
}
