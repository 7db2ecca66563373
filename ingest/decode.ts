import type { KnowledgeProblem } from '../src/domain/ingest-report.ts';

export interface DecodedText {
  /** Without byte order mark and with `\n` as the only line ending, so that positions are the same on every system. */
  readonly text: string;
  readonly problems: readonly KnowledgeProblem[];
}

/** A file's bytes as text, or undefined when they are no text at all. What had to be guessed is a problem of the file. */
export function decodeText(bytes: Uint8Array, path: string): DecodedText | undefined {
  const utf16 = findUtf16(bytes);
  if (utf16) {
    const message = `the file is ${utf16.toUpperCase()}, which git cannot compare: save it as UTF-8`;
    return { text: toLines(new TextDecoder(utf16).decode(bytes)), problems: [{ path, line: 1, message }] };
  }
  if (bytes.includes(0)) return undefined;
  const utf8 = decodeUtf8(bytes);
  if (utf8 !== undefined) return { text: toLines(utf8), problems: [] };
  const message = 'this line is not UTF-8 and was read as Windows-1252: save the file as UTF-8';
  return {
    text: toLines(new TextDecoder('windows-1252').decode(bytes)),
    problems: [{ path, line: findBrokenLine(bytes), message }],
  };
}

function findUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** Drops the byte order mark, which the decoder does by itself. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function toLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** UTF-8 never holds the byte of a line end inside a character, so each line can be judged alone. */
function findBrokenLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found;
    if (decodeUtf8(bytes.subarray(start, end)) === undefined) return line;
    start = end + 1;
  }
  return 1;
}
