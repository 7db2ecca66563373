import { PrecedentError } from '../domain/errors.ts';
import { dropPrototypeKeys } from '../domain/prototype-keys.ts';
import { findJsonMistake, MAX_SEARCHED } from './json-mistake.ts';

/** Deeper than any alert or trace; what walks a value may recurse this far without running out of stack. */
export const MAX_NESTING = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENERS: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSERS: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** JSON of unknown origin as a value: UTF-8, nested at most `MAX_NESTING` deep, without `__proto__` keys. */
export function parseJson(bytes: Uint8Array): unknown {
  refuseDeepNesting(bytes);
  const text = decode(bytes);
  try {
    const value: unknown = JSON.parse(text);
    dropPrototypeKeys(text, value);
    return value;
  } catch {
    throw new PrecedentError('input-invalid', `the body is not JSON: ${describeMistake(text)}`);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PrecedentError('input-invalid', 'the body is not UTF-8 text');
  }
}

/** Counts brackets outside strings before anything is built, in one pass over the bytes. */
function refuseDeepNesting(bytes: Uint8Array): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) inString = !inString;
    else if (inString) at += byte === BACKSLASH ? 1 : 0;
    else if (OPENERS.has(byte)) depth++;
    else if (CLOSERS.has(byte)) depth--;
    if (depth > MAX_NESTING) {
      throw new PrecedentError('input-invalid', `the body is nested deeper than ${MAX_NESTING} levels, at byte ${at}`);
    }
  }
}

/** Says where, never what: a body may hold secrets, and this message is logged. */
function describeMistake(text: string): string {
  if (text.length > MAX_SEARCHED) return `there is a mistake; it is too large (${text.length} characters) to say where`;
  const at = findJsonMistake(text) ?? text.length;
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const what = at === text.length ? 'it ends too early' : 'there is a mistake';
  return `${what} at line ${line}, column ${column} (position ${at})`;
}
