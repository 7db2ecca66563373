import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { HonoRequest } from 'hono';
import type { z } from 'zod';
import { PrecedentError } from '../domain/errors.ts';
import { parseInput } from './input.ts';
import { parseJson } from './json.ts';
import { HttpError } from './problem.ts';

const inflate = promisify(gunzip);

/** What every body may be sent as; `x-gzip` is an old name of gzip. */
export const BODY_ENCODINGS = { identity: 'identity', '': 'identity', gzip: 'gzip', 'x-gzip': 'gzip' } as const;

/** The request's JSON body as `schema` reads it. `maxBytes` bounds what is sent and what it inflates to alike. */
export async function readBody<Schema extends z.ZodType>(
  request: HonoRequest,
  schema: Schema,
  maxBytes: number,
): Promise<z.output<Schema>> {
  refuseMediaType(request);
  const encoding = readEncoding(request, BODY_ENCODINGS);
  const sent = await readBytes(request, maxBytes);
  refuseEmpty(request, sent);
  return parseInput(schema, parseJson(encoding === 'gzip' ? await inflateBytes(sent, maxBytes) : sent));
}

export function refuseMediaType(request: HonoRequest): void {
  const header = request.header('content-type');
  if (header === undefined) return;
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type)) throw mediaTypeUnsupported('it is another');
  if (charset && !/^charset="?utf-?8"?$/.test(charset)) throw mediaTypeUnsupported('its charset is not UTF-8');
}

/** A body that is missing has no type either; which of the two is wrong is only known once it is read. */
export function refuseEmpty(request: HonoRequest, sent: Uint8Array): void {
  if (sent.length === 0) throw new PrecedentError('input-invalid', 'the body is empty: send a JSON object');
  if (request.header('content-type') === undefined) throw mediaTypeUnsupported('it has none');
}

function mediaTypeUnsupported(found: string): HttpError {
  const detail = `the body must have Content-Type: application/json, in UTF-8; ${found}`;
  return new HttpError('media-type-unsupported', detail, { accept: 'application/json' });
}

/** What `Content-Encoding` says, by the names that `accepted` has for it. */
export function readEncoding<Encoding extends string>(
  request: HonoRequest,
  accepted: Readonly<Record<string, Encoding>>,
): Encoding {
  const name = request.header('content-encoding')?.trim().toLowerCase() ?? '';
  const encoding = Object.hasOwn(accepted, name) ? accepted[name] : undefined;
  if (encoding !== undefined) return encoding;
  const names = [...new Set(Object.values<string>(accepted))].filter((known) => known !== 'identity');
  const detail = `the body may be sent as it is or with Content-Encoding: ${names.join(' or ')}, nothing else`;
  throw new HttpError('media-type-unsupported', detail, { 'accept-encoding': names.join(', ') });
}

export async function readBytes(request: HonoRequest, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of streamBytes(request, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Stops at the first chunk over the limit, whatever length the caller declared. */
export async function* streamBytes(request: HonoRequest, maxBytes: number): AsyncGenerator<Uint8Array, void> {
  if (Number(request.header('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const reader = request.raw.body?.getReader();
  let length = 0;
  try {
    for (let part = await readChunk(reader); part; part = await readChunk(reader)) {
      length += part.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      yield part;
    }
  } finally {
    discard(reader).catch(() => {});
  }
}

/** Reads on and keeps nothing: a connection with unread bytes cannot carry the answer. The server bounds how long. */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
  while (await readChunk(reader));
}

async function readChunk(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<Uint8Array | undefined> {
  try {
    return (await reader?.read())?.value;
  } catch (error) {
    throw new PrecedentError('input-invalid', 'the body broke off before its end', { cause: error });
  }
}

export async function inflateBytes(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await inflate(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (isTooLarge(error)) throw tooLarge(maxBytes);
    throw new PrecedentError('input-invalid', 'the gzip body cannot be inflated', { cause: error });
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function tooLarge(maxBytes: number): PrecedentError {
  return new PrecedentError(
    'input-too-large',
    `the body is larger than ${maxBytes} bytes: send fewer traces, or raise MAX_BODY_BYTES`,
  );
}
