/** One command of a script: what stands between `;`, `|`, `&` and line ends. */
export interface Clause {
  /** As the shell would split them, without quotes, comments and what follows `>`. */
  readonly words: readonly string[];
  /** As written, without comments. */
  readonly text: string;
  /** It writes a file, or holds something that was not read: an open quote, backticks. */
  readonly isOpaque: boolean;
  /** Files that it writes anew (`>`, not `>>`). */
  readonly overwrites: readonly string[];
  /** What it reads from its input: text that stands in the script, `HIDDEN` when that is elsewhere, else nothing. */
  readonly input: string | typeof HIDDEN | undefined;
}

/** Input that is not written in the script: another command's output, or a file. */
export const HIDDEN = Symbol('hidden');

/** Every character falls to one of these, and none tries twice: what was planted cannot make it backtrack. */
const TOKEN = new RegExp(
  [
    /(?<blank>[^\S\n]+|\\\n)/,
    /(?<harmless>(?:\b\d|&)?>[>&]*[ \t]*(?:\/dev\/null(?![\w./-])|\d\b)|<[ \t]*\/dev\/null(?![\w./-]))/,
    /(?<here><<<)/,
    /(?<read><)/,
    /(?<write>&?>+\|?)/,
    /(?<end>[;|&\n()])/,
    /(?<string>'[^']*'|"(?:[^"\\]|\\[\s\S])*")/,
    /(?<open>["'][\s\S]*)/,
    /(?<comment>(?<![^\s;|&()])#[^\n]*)/,
    /(?<plain>\\[\s\S]|[^\s\\"';|&()<>#\d]+|[\s\S])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

type Token = Readonly<Record<string, string | undefined>>;

interface Draft {
  readonly tokens: Token[];
  /** Its input is the output of the one before. */
  readonly isPiped: boolean;
}

/** Splits a script into commands as far as judging it needs; `$(…)` becomes a command of its own. */
export function readClauses(script: string): Clause[] {
  const inner: string[] = [];
  const outer = inlineHereDocuments(script).replace(/([$<>])\(([^()]*)\)/g, (_, sign: string, command: string) => {
    inner.push(command);
    // What `sh <(…)` reads is another command's output.
    return sign === '<' ? '<X' : 'X';
  });
  const clauses: Clause[] = [];
  for (const draft of splitClauses(outer)) clauses.push(toClause(draft, clauses.at(-1)));
  return [
    ...clauses.filter(({ words, isOpaque, overwrites }) => words.length > 0 || isOpaque || overwrites.length > 0),
    ...inner.flatMap((command) => readClauses(command)),
  ];
}

function splitClauses(script: string): Draft[] {
  const drafts: Draft[] = [{ tokens: [], isPiped: false }];
  for (const { groups = {} } of script.matchAll(TOKEN)) {
    const last = drafts.at(-1);
    if (groups.end === undefined) last?.tokens.push(groups);
    // Of `||` the second bar ends nothing: what follows is an alternative and reads no output.
    else if (last?.tokens.length === 0) drafts.splice(-1, 1, { tokens: [], isPiped: false });
    else drafts.push({ tokens: [], isPiped: groups.end === '|' });
  }
  return drafts;
}

/** `psql <<END … END` says the same as `psql <<< '…'`, which has no lines that look like commands of their own. */
function inlineHereDocuments(script: string): string {
  if (!script.includes('<<')) return script;
  const lines = script.split('\n');
  const told: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [marker, tag] = /(?<!<)<<-?[ \t]*["'\\]?(\w+)["']?/.exec(line) ?? [];
    const end = tag === undefined ? -1 : lines.findIndex((other, index) => index > at && other.trim() === tag);
    if (marker === undefined || end < 0) {
      told.push(line);
      continue;
    }
    const body = lines.slice(at + 1, end).join('\n');
    told.push(line.replace(marker, () => `<<<'${body.replaceAll("'", '"')}'`));
    at = end;
  }
  return told.join('\n');
}

interface Word {
  readonly text: string;
  /** `>`, `<` or the like, when it stands before the word. */
  readonly redirect: string | undefined;
}

function toClause({ tokens, isPiped }: Draft, before: Clause | undefined): Clause {
  const all = readWords(tokens);
  const input = all.findLast(({ redirect }) => redirect?.startsWith('<'));
  return {
    words: all.filter(({ redirect }) => redirect === undefined).map(({ text }) => text),
    text: tokens.map(textOf).join(''),
    // Input for nothing is a `<<` that never ends.
    isOpaque: tokens.some(isOpaque) || (input !== undefined && all.every(({ redirect }) => redirect !== undefined)),
    overwrites: all.filter(({ redirect = '' }) => /^&?>\|?$/.test(redirect)).map(({ text }) => text),
    input: input ? (input.redirect === '<<<' ? input.text : HIDDEN) : isPiped ? outputOf(before) : undefined,
  };
}

function readWords(tokens: readonly Token[]): Word[] {
  const words: Word[] = [];
  let redirect: string | undefined;
  let isInWord = false;
  for (const token of tokens) {
    const part = wordPartOf(token);
    const last = words.at(-1);
    if (part === undefined) redirect = token.write ?? token.here ?? token.read ?? (token.blank && redirect);
    else if (isInWord && last) words[words.length - 1] = { ...last, text: `${last.text}${part}` };
    else words.push({ text: part, redirect });
    if (part !== undefined) redirect = undefined;
    isInWord = part !== undefined;
  }
  return words;
}

/** What `echo` and `printf` print is written in the script; all else that comes out of a pipe is not. */
function outputOf(before: Clause | undefined): string | typeof HIDDEN {
  const [program = '', ...printed] = before?.words ?? [];
  const isPlain = /^(?:echo|printf)$/.test(program) && before?.input === undefined && !before?.isOpaque;
  return isPlain ? printed.filter((word) => !/^-[neE]+$/.test(word)).join(' ') : HIDDEN;
}

function textOf({ comment, ...token }: Token): string {
  return Object.values(token).find((part) => part !== undefined) ?? '';
}

function isOpaque({ write, open, plain, string }: Token): boolean {
  return write !== undefined || open !== undefined || /`|\$$/.test(plain ?? '') || /^".*(?:`|\$\()/s.test(string ?? '');
}

/** What a token adds to a word, without quotes; undefined when it ends the word. */
function wordPartOf({ plain, string, open }: Token): string | undefined {
  if (string !== undefined)
    return string.startsWith("'") ? string.slice(1, -1) : string.slice(1, -1).replace(/\\([\s\S])/g, '$1');
  return open?.slice(1) ?? plain?.replace(/^\\/, '');
}
