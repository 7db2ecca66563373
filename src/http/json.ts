import { PrecedentError } from '../domain/errors.ts';
import { findJsonMistake } from './json-mistake.ts';

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
    // The reviver runs for every value of the document, so only where such a key may stand.
    return mayNamePrototype(text) ? JSON.parse(text, withoutPrototype) : JSON.parse(text);
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

function mayNamePrototype(text: string): boolean {
  return text.includes('__proto__') || /\\u005f/i.test(text);
}

function withoutPrototype(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

/** Says where, never what: a body may hold secrets, and this message is logged. */
function describeMistake(text: string): string {
  const at = findJsonMistake(text) ?? text.length;
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const what = at === text.length ? 'it ends too early' : 'there is a mistake';
  return `${what} at line ${line}, column ${column} (position ${at})`;
}
