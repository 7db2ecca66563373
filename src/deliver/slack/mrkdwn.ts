import { cutLine, toLine } from '../plain-text.ts';

/** Half a character at the end of a cut makes JSON that Slack refuses. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = length - 1;
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return `${text.slice(0, isHalf ? end - 1 : end)}…`;
}

/** The three signs by which Slack begins mentions, links and entities. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Signs that format prose, each as one that looks alike and does nothing; a name like `disk_full` keeps its own. */
const LOOK_ALIKE: readonly (readonly [RegExp, string])[] = [
  [/\*/g, '∗'],
  [/~/g, '∼'],
  [/`/g, 'ˋ'],
  [/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ'],
  // `:name:` is a picture: a tick that nobody gave is one too many.
  [/:(?=[+-]1:|[\d_'+-]*[a-z][a-z\d_'+-]*:)/gi, '꞉'],
];

/** A line of anybody's words, at most `length` characters before it is escaped: it mentions, links and formats nothing. */
export function quoteLine(text: string, length: number): string {
  const plain = escapeMrkdwn(cutLine(toLine(text), length) || cutText(toLine(text), length));
  return LOOK_ALIKE.reduce((line, [sign, alike]) => line.replace(sign, alike), plain);
}

/** Verbatim, in one line; undefined where Slack has no way to write it so. */
export function findCode(text: string, length: number): string | undefined {
  const line = toLine(text);
  const isWhole = line !== '' && line === text && !line.includes('`') && line.length <= length;
  return isWhole ? `\`${escapeMrkdwn(line)}\`` : undefined;
}

/** A command as it is, with its lines, in at most `length`; undefined where Slack would show another one. */
export function findCodeBlock(text: string, length: number): string | undefined {
  const block = `\`\`\`${escapeMrkdwn(text)}\`\`\``;
  const isHidden = text.trim() === '' || /[^\P{C}\n\t]/u.test(text);
  // A backtick at either end would lengthen the fence.
  const endsFence = text.includes('```') || text.startsWith('`') || text.endsWith('`');
  return isHidden || endsFence || block.length > length ? undefined : block;
}

/** Of an address of our own; undefined for anything else. */
export function findLink(url: string | undefined, label: string): string | undefined {
  return url !== undefined && /^https?:\/\/[^\s|<>`]{1,2000}$/.test(url) ? `<${url}|${label}>` : undefined;
}
