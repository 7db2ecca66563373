import { type Finding, findMarkAround } from './finding.ts';
import { isPlaceholder, looksRandom } from './placeholders.ts';

/** A key that ends in one of these, then `=`, `:`, `=>`, `:=` or a table's `|`, whatever decoration is between. */
const PASSWORD_KEY = /(?:pass(?:word|wd|phrase|code)|\bpass|\bpwd|_pwd|_pw|\bpw)(?![A-Za-z0-9])/gi;
const SECRET_KEY =
  /(?:secret|token|credentials?|(?:api|app|application|access|account|auth|client|encryption|integration|license|master|private|routing|secret|service|session|shared[_-]?access|signing|storage|webhook)[_-]?key|apikey|(?:x-(?:amz|goog)-)?signature|\bsig|session[_-]?id|cookie|honeycomb-team)(?![A-Za-z0-9])/gi;
const SEPARATOR = /["'`*_\])]{0,3}[ \t]{0,8}(=>|:=|==?|:|\|)[ \t]{0,8}[*_]{0,2}/y;
/** `--password x`, `the password is x`, `password x` in backticks. */
const SPACE = /["'`*_]{0,3}[ \t]{1,4}(is |was |to )?(?=[^\s=:|])/y;
const QUOTED = /\\?(["'`])((?:(?!\1)[^\n\\]|\\[^\n]){1,400})/y;
const BARE = /[^\s"'`,;&|<>\\][^\s"'`,;&|<>\\]{0,400}|[<|&][^\s]{0,80}/y;
/** A YAML block, whose value stands on the next line. */
const BLOCK = /[|>][+-]?[ \t]*\n[ \t]+(?=\S)/y;

/** Passwords, tokens and keys that stand behind their name; the name stays. */
export function findAssignments(text: string): Finding[] {
  return [
    ...findBehind(text, PASSWORD_KEY, 'password', isPassword),
    ...findBehind(text, SECRET_KEY, 'secret', isSecret),
  ];
}

interface Value {
  readonly text: string;
  readonly start: number;
  readonly separator: string;
  readonly isQuoted: boolean;
  /** What follows on the same line. */
  readonly rest: string;
}

/** A sentence goes on in words; another key shows that lines were put together. */
const GOES_ON = /^\s*(?![\w.-]+\s?[:=])[\p{L}(]/u;

type Judge = (value: Value) => boolean;

function findBehind(text: string, keys: RegExp, kind: string, isReal: Judge): Finding[] {
  const found: Finding[] = [];
  for (const { 0: key, index } of text.matchAll(keys)) {
    if (index < (found.at(-1)?.end ?? 0) || findMarkAround(text, index)) continue;
    const value = readValue(text, index, index + key.length);
    if (!value || isPlaceholder(value.text) || !isReal(value)) continue;
    found.push({ start: value.start, end: value.start + value.text.length, kind });
  }
  return found;
}

function readValue(text: string, keyStart: number, keyEnd: number): Value | undefined {
  const isFlag = /(?:^|\s)--?[\w-]{0,40}$/.test(text.slice(Math.max(0, keyStart - 44), keyStart));
  const mark = matchAt(SEPARATOR, text, keyEnd) ?? matchAt(SPACE, text, keyEnd);
  if (!mark) return undefined;
  const separator = mark[1]?.trim() ?? (isFlag ? '--' : ' ');
  const start = keyEnd + mark[0].length;
  const block = matchAt(BLOCK, text, start);
  return readWord(text, start + (block?.[0].length ?? 0), separator);
}

function readWord(text: string, at: number, separator: string): Value | undefined {
  const quoted = matchAt(QUOTED, text, at);
  const word = quoted ? (quoted[2] ?? '') : trimClosers(matchAt(BARE, text, at)?.[0] ?? '');
  if (word === '') return undefined;
  const start = quoted ? at + quoted[0].length - word.length : at;
  const lineEnd = text.slice(start + word.length, start + word.length + 80).split('\n')[0] ?? '';
  return { text: word, start, separator, isQuoted: quoted !== undefined, rest: lineEnd };
}

/** Brackets that open outside the value, the full stop of a sentence, Markdown's emphasis. */
function trimClosers(word: string): string {
  const closed = word.includes('(') || word.includes('[') || word.includes('{') ? word : word.replace(/[)\]}]+$/, '');
  return closed.replace(/[.:]$|\*+$/, '');
}

/** A password may be any word, so prose is told by what it looks like. */
function isPassword({ text, separator, isQuoted, rest }: Value): boolean {
  if (separator === '=' || separator === ':=' || separator === '=>') return !/^\s/.test(text);
  if (separator === '--') return !text.startsWith('-');
  if (separator === '|' || separator === ' ' || separator === '==')
    return looksRandom(text) || (isQuoted && looksMixed(text));
  if (/^(?:is|was|to)$/.test(separator)) return looksMixed(text);
  if (isQuoted) return !/\s/.test(text) || looksMixed(text);
  return looksMixed(text) || !GOES_ON.test(rest);
}

/** A letter and something that is none: what password rules ask for and sentences seldom have. */
function looksMixed(text: string): boolean {
  return (
    text.length >= 6 &&
    !/\s/.test(text) &&
    /\p{L}/u.test(text) &&
    /[\d!@#$%^&*+?~]/.test(text) &&
    !/^\p{L}+[-_]\d{1,2}$/u.test(text)
  );
}

function isSecret({ text, separator }: Value): boolean {
  if (/\s/.test(text) || /^\d{4}-\d\d-\d\d/.test(text)) return false;
  const isProse = separator === ' ' || separator === '|';
  return looksRandom(text) && (!isProse || (/^\w/.test(text) && /\d/.test(text)));
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
