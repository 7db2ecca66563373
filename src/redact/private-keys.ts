import type { Finding } from './finding.ts';

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
/** `Proc-Type: 4,ENCRYPTED` and the like, above the key. */
const HEADER = /[ \t>]*[A-Za-z-]{3,20}: [^\n]{0,200}\n/y;
/** Base64, and what surrounds it in quotes, JSON, YAML, a quoted mail or a string put together in code. */
const BODY = /[A-Za-z0-9+/=\s\\>"',|]*/y;
/** What follows the base64 begins with none of its characters, or each length of the one would be tried with the other. */
const KEY_LINE = /[ \t>"']*[A-Za-z0-9+/=\\]{24,}(?:[ \t"',…][ \t"',\\+…]*)?(?:\n|$)/y;
/** A header may quote the begin of another key, and each of those would skip all that follow. */
const MAX_HEADERS = 10;
/** Less is "..." or a word: a manual that shows what a key file looks like. */
const MIN_BODY = 40;

/** Private keys as they stand in files, whole or cut off before their end. */
export function findPrivateKeys(text: string): Finding[] {
  const found: Finding[] = [];
  for (const { 0: begin, index } of text.matchAll(BEGIN)) {
    const bodyStart = skipHeaders(text, index + begin.length);
    const bodyEnd = readAt(BODY, text, bodyStart);
    const end = readAt(END, text, bodyEnd);
    const keyEnd = end > bodyEnd ? end : skipKeyLines(text, bodyStart);
    const length = (end > bodyEnd ? bodyEnd : keyEnd) - bodyStart;
    if (length >= MIN_BODY) found.push({ start: index, end: keyEnd, kind: 'private-key' });
  }
  return found;
}

function skipHeaders(text: string, from: number): number {
  let at = text[from] === '\n' ? from + 1 : from;
  for (let read = 0; read < MAX_HEADERS; read++) at = readAt(HEADER, text, at);
  return at;
}

/** A key that lost its end goes on for as long as lines look like base64. */
function skipKeyLines(text: string, from: number): number {
  const newline = /\r?\n/y;
  let at = readAt(newline, text, from);
  for (let next = readAt(KEY_LINE, text, at); next > at; next = readAt(KEY_LINE, text, at)) at = next;
  return text[at - 1] === '\n' && at > from ? at - 1 : at;
}

/** Where a match that begins at `from` ends; `from` when there is none. */
function readAt(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
