import { PrecedentError } from '../../domain/errors.ts';

/** Deeper than any trace; what walks a value may recurse this far without running out of stack. */
export const MAX_NESTING = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET_OR_BRACE = 0xdf;
const OPENER = 0x5b;
const CLOSER = 0x5d;

/** How far the scan of one value has come, so that it can go on where the last bytes ended. */
export interface ValueScan {
  state: 'start' | 'container' | 'string' | 'escape' | 'scalar';
  /** Containers open around the place, those outside the value included. */
  depth: number;
  readonly outerDepth: number;
}

export function startScan(outerDepth: number): ValueScan {
  return { state: 'start', depth: outerDepth, outerDepth };
}

/**
 * Where the value that `bytes` hold from `from` on ends, or -1 when it goes on beyond `to`. Only counts brackets outside
 * strings: whether it is JSON is for `JSON.parse` to say, once the value is there as a whole.
 */
export function scanValue(scan: ValueScan, bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    if (scan.state === 'string') at = findStringEnd(scan, bytes, at, to);
    else if (scan.state === 'container') at = scanContainer(scan, bytes, at, to);
    else if (scan.state === 'escape') {
      scan.state = 'string';
      at++;
    } else if (scan.state === 'start') at = scanFirst(scan, bytes, at);
    else if (endsScalar(bytes[at] ?? 0)) return at;
    else at++;
    if (isComplete(scan)) return at;
  }
  return -1;
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isComplete(scan: ValueScan): boolean {
  return scan.state === 'container' && scan.depth === scan.outerDepth;
}

/** A container's opener is passed at once, so that from then on the depth tells whether it is complete. */
function scanFirst(scan: ValueScan, bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  if ((byte & BRACKET_OR_BRACE) === OPENER) {
    if (++scan.depth > MAX_NESTING) throw tooDeep();
    scan.state = 'container';
  } else scan.state = byte === QUOTE ? 'string' : 'scalar';
  return at + 1;
}

/** Through brackets and what stands between them, up to a string, the value's end or the end of the bytes. */
function scanContainer(scan: ValueScan, bytes: Uint8Array, from: number, to: number): number {
  let { depth } = scan;
  let at = from;
  for (; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      scan.state = 'string';
      at++;
      break;
    }
    if (byte < OPENER) continue;
    // `[` and `{`, `]` and `}` differ in one bit.
    const bracket = byte & BRACKET_OR_BRACE;
    if (bracket === OPENER) {
      if (++depth > MAX_NESTING) throw tooDeep();
    } else if (bracket === CLOSER && --depth === scan.outerDepth) {
      at++;
      break;
    }
  }
  scan.depth = depth;
  return at;
}

function findStringEnd(scan: ValueScan, bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      scan.state = 'container';
      return at + 1;
    }
    if (byte === BACKSLASH) {
      scan.state = 'escape';
      return at + 1;
    }
  }
  return to;
}

function endsScalar(byte: number): boolean {
  return isSpace(byte) || byte === 0x2c || (byte & BRACKET_OR_BRACE) === CLOSER;
}

export function tooDeep(): PrecedentError {
  return new PrecedentError('input-invalid', `the body is nested deeper than ${MAX_NESTING} levels`);
}
