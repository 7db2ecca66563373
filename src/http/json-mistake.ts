const SPACE = new Set([' ', '\t', '\n', '\r']);
const ESCAPED = new Set(['"', '\\', '/', 'b', 'f', 'n', 'r', 't', 'u']);
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const FOUR_HEX = /[0-9a-fA-F]{4}/y;

/** Characters that are searched for a mistake; more would hold the event loop for longer than a place is worth. */
export const MAX_SEARCHED = 1024 * 1024;

/** What the grammar allows next. `first` forms may also close what was just opened. */
type Expected = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'comma or end';

/** How far a token reached; when it is no token, where it went wrong. */
interface Read {
  readonly ok: boolean;
  readonly at: number;
}

/**
 * Where a text stops being JSON, or undefined when it is JSON. `JSON.parse` decides; this only finds the place, which
 * the engine's own message often leaves out.
 */
export function findJsonMistake(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const read = readToken(text, at, expected);
    if (!read.ok) return read.at;
    const next = follow(text.charAt(at), expected, open);
    if (next === undefined) return at;
    expected = next;
    at = skipSpace(text, read.at);
  }
  return expected === 'comma or end' && open.length === 0 ? undefined : text.length;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (SPACE.has(text.charAt(at))) at++;
  return at;
}

function readToken(text: string, at: number, expected: Expected): Read {
  const character = text.charAt(at);
  if ('{}[]:,'.includes(character)) return { ok: true, at: at + 1 };
  if (character === '"') return readString(text, at);
  if (expected !== 'value' && expected !== 'first value') return { ok: false, at };
  NUMBER_OR_WORD.lastIndex = at;
  return NUMBER_OR_WORD.test(text) ? { ok: true, at: NUMBER_OR_WORD.lastIndex } : { ok: false, at };
}

function readString(text: string, start: number): Read {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return { ok: true, at: at + 1 };
    if (character < ' ') return { ok: false, at };
    if (character !== '\\') continue;
    at++;
    if (!isEscape(text, at)) return { ok: false, at };
  }
  return { ok: false, at: text.length };
}

function isEscape(text: string, at: number): boolean {
  if (!ESCAPED.has(text.charAt(at))) return false;
  FOUR_HEX.lastIndex = at + 1;
  return text.charAt(at) !== 'u' || FOUR_HEX.test(text);
}

/** What may come after a token that starts with `character`, or undefined when it may not stand here at all. */
function follow(character: string, expected: Expected, open: ('{' | '[')[]): Expected | undefined {
  if (expected === 'colon') return character === ':' ? 'value' : undefined;
  if (expected === 'comma or end') return character === ',' ? followComma(open) : close(character, open);
  if (expected.startsWith('first') && '}]'.includes(character)) return close(character, open);
  if (expected.endsWith('name')) return character === '"' ? 'colon' : undefined;
  return followValue(character, open);
}

function followComma(open: readonly ('{' | '[')[]): Expected | undefined {
  if (open.length === 0) return undefined;
  return open.at(-1) === '{' ? 'name' : 'value';
}

function followValue(character: string, open: ('{' | '[')[]): Expected | undefined {
  if ('}],:'.includes(character)) return undefined;
  if (character !== '{' && character !== '[') return 'comma or end';
  open.push(character);
  return character === '{' ? 'first name' : 'first value';
}

function close(character: string, open: ('{' | '[')[]): Expected | undefined {
  const opener = character === '}' ? '{' : character === ']' ? '[' : undefined;
  if (opener === undefined || open.at(-1) !== opener) return undefined;
  open.pop();
  return 'comma or end';
}
