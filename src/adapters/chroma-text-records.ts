import { promisify } from 'node:util';
import { deflate, deflateSync, inflate, inflateSync } from 'node:zlib';
import type { Metadata } from 'chromadb';

/**
 * A text is deflated and kept as metadata. As a document Chroma would build a full-text search over it that nobody asks,
 * which takes seven times as long. Chroma Cloud takes values of 4,096 bytes, and 32 of them per record.
 */
const VALUE_CHARACTERS = 4_000;
const VALUES_PER_RECORD = 8;
const RECORD_CHARACTERS = VALUE_CHARACTERS * VALUES_PER_RECORD;

/** A millisecond's work. Below it, asking another thread costs four times what deflating does. */
const SHORT = 64_000;
const deflateAside = promisify<string, { level: number }, Buffer>(deflate);
const inflateAside = promisify<Buffer, Buffer>(inflate);

/** One record of a text: `<text id>/<position>`, and its share of the base64 of the deflated text. */
export interface TextRecord {
  readonly id: string;
  readonly data: string;
  /** How many records the text has. */
  readonly parts: number;
}

/** The records of a text, in order. */
export async function toRecords(id: string, text: string): Promise<TextRecord[]> {
  // Long texts are manifests: hashes hardly get smaller, whatever time is spent on them.
  const deflated = text.length < SHORT ? deflateSync(text) : await deflateAside(text, { level: 1 });
  const data = deflated.toString('base64');
  const shares = [...cut(data, RECORD_CHARACTERS)];
  return shares.map((share, position) => ({ id: recordIdOf(id, position), data: share, parts: shares.length }));
}

/** The text that the data of all its records, joined in order, stands for. */
export async function fromData(data: string): Promise<string> {
  const deflated = Buffer.from(data, 'base64');
  return (data.length < SHORT ? inflateSync(deflated) : await inflateAside(deflated)).toString('utf8');
}

/** A record that replaces a longer one keeps the values that it lacks itself, so how many count is written down. */
export function toMetadata({ data, parts }: TextRecord): Metadata {
  const values = [...cut(data, VALUE_CHARACTERS)];
  return {
    parts,
    values: values.length,
    ...Object.fromEntries(values.map((value, position) => [`t${position}`, value])),
  };
}

/** Undefined for a record that is no text of ours. */
export function fromMetadata(id: string, metadata: Metadata | null | undefined): TextRecord | undefined {
  const { parts, values: count } = metadata ?? {};
  if (typeof parts !== 'number' || typeof count !== 'number') return undefined;
  const values = Array.from({ length: count }, (_, position) => metadata?.[`t${position}`]);
  return values.every((value) => typeof value === 'string') ? { id, data: values.join(''), parts } : undefined;
}

export function recordIdOf(textId: string, position: number): string {
  return `${textId}/${position}`;
}

export function textIdOf(recordId: string): string {
  return recordId.slice(0, recordId.lastIndexOf('/'));
}

export function isFirst(recordId: string): boolean {
  return recordId.endsWith('/0');
}

/** Nothing is one piece, too. */
function* cut(text: string, length: number): Generator<string> {
  for (let start = 0; start === 0 || start < text.length; start += length) yield text.slice(start, start + length);
}
