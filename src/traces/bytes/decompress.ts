import { PrecedentError } from '../../domain/errors.ts';
import { gunzip } from './gunzip.ts';
import { unzstd } from './unzstd.ts';

/** `auto` tells by the first bytes: files have no header that says it. */
export type ContentEncoding = 'identity' | 'gzip' | 'zstd' | 'auto';

/** What tells an encoding: two bytes for gzip, four for a frame of zstd or for one of those that zstd skips. */
const MAGIC_BYTES = 4;

/** Bytes as they were before they were compressed; at most `maxBytes` of them, whatever they inflate to. */
export async function* decompress(
  bytes: AsyncIterable<Uint8Array>,
  encoding: ContentEncoding,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let length = 0;
  for await (const chunk of inflate(bytes, encoding)) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

function inflate(bytes: AsyncIterable<Uint8Array>, encoding: ContentEncoding): AsyncIterable<Uint8Array> {
  if (encoding === 'gzip') return gunzip(bytes);
  if (encoding === 'zstd') return unzstd(bytes);
  return encoding === 'auto' ? inflateByMagic(bytes) : bytes;
}

async function* inflateByMagic(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  while (head.length < MAGIC_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  yield* inflate(startWith(head, iterator), tellEncoding(head));
}

function tellEncoding(head: Uint8Array): Exclude<ContentEncoding, 'auto'> {
  const [first = 0, second = 0, third = 0, fourth = 0] = head;
  if (first === 0x1f && second === 0x8b) return 'gzip';
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return 'zstd';
  const isSkippable = first >> 4 === 0x5 && second === 0x2a && third === 0x4d && fourth === 0x18;
  return isSkippable ? 'zstd' : 'identity';
}

async function* startWith(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    if (head.length > 0) yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

function tooLarge(maxBytes: number): PrecedentError {
  return new PrecedentError(
    'input-too-large',
    `the body is larger than ${maxBytes} bytes once decompressed: send fewer traces, or raise MAX_BODY_BYTES`,
  );
}
