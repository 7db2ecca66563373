import type { HonoRequest } from 'hono';
import type { z } from 'zod';
import type { App, ReadTraces, TraceBody } from '../app.ts';
import { isPrecedentError } from '../domain/errors.ts';
import { inflateBytes, readEncoding, refuseEmpty, refuseMediaType, streamBytes } from './body.ts';
import { parseInput } from './input.ts';
import { parseJson } from './json.ts';

/** Read here and at once: an alert by itself depends on no thread, and the mistakes of a small body are told exactly. */
const SMALL_BYTES = 256 * 1024;

const ENCODINGS = { identity: 'identity', '': 'identity', gzip: 'gzip', 'x-gzip': 'gzip', zstd: 'zstd' } as const;

type Encoding = (typeof ENCODINGS)[keyof typeof ENCODINGS];
type Places = TraceBody['windows'];

export interface ReadTraceBody<Body> {
  readonly body: Body;
  /** Undefined when no windows were sent. */
  readonly analysis: ReadTraces['analysis'];
}

/**
 * A JSON body with windows of spans at `places`, which are read as they arrive and off this thread; all else is what
 * `schema` makes of it. `MAX_BODY_BYTES` bounds what is sent and what it inflates to alike.
 */
export async function readTraceBody<Schema extends z.ZodType>(
  request: HonoRequest,
  schema: Schema,
  { app, places }: { readonly app: Pick<App, 'config' | 'traces'>; readonly places: Places },
): Promise<ReadTraceBody<z.output<Schema>>> {
  refuseMediaType(request);
  const encoding = readEncoding(request, ENCODINGS);
  const maxBytes = app.config.maxBodyBytes;
  const sent = streamBytes(request, maxBytes);
  try {
    const head = await readHead(sent);
    refuseEmpty(request, head.bytes);
    const small = head.isWhole ? await inflateSmall(head.bytes, encoding, maxBytes) : undefined;
    if (small !== undefined) {
      const value = parseJson(small);
      const body = parseInput(schema, value);
      if (!holdsWindow(value, places)) return { body, analysis: undefined };
    }
    const source = { bytes: joined(head.bytes, sent), encoding, windows: places };
    const { rest, analysis } = await app.traces.read([source], { maxBytes }, request.raw.signal);
    const body = analysis ? markIncident(rest[0], places) : rest[0];
    return { body: parseInput(schema, body), analysis };
  } finally {
    // What is left is of no use any more. Whoever still waits for a chunk is not waited for.
    sent.return().catch(() => {});
  }
}

/** The first bytes, at least as many as a small body has. */
async function readHead(sent: AsyncIterator<Uint8Array>): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length <= SMALL_BYTES) {
    const { value, done } = await sent.next();
    if (done) return { bytes: Buffer.concat(chunks), isWhole: true };
    chunks.push(value);
    length += value.length;
  }
  return { bytes: Buffer.concat(chunks), isWhole: false };
}

/** Undefined for what inflates to more than is read here, or by other means. */
async function inflateSmall(bytes: Uint8Array, encoding: Encoding, maxBytes: number): Promise<Uint8Array | undefined> {
  if (encoding === 'identity') return bytes;
  if (encoding === 'zstd') return undefined;
  try {
    return await inflateBytes(bytes, Math.min(SMALL_BYTES, maxBytes));
  } catch (error) {
    if (isPrecedentError(error, 'input-too-large') && maxBytes > SMALL_BYTES) return undefined;
    throw error;
  }
}

async function* joined(head: Uint8Array, tail: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* tail;
}

function holdsWindow(body: unknown, places: Places): boolean {
  return Object.values(places).some((path) => findAt(body, path) !== undefined);
}

function findAt(body: unknown, path: readonly string[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** The windows are no longer in the body; the schema still insists on one, and there was one. */
function markIncident(body: unknown, { incident = [] }: Places): unknown {
  return incident.reduceRight<unknown>((inner, key, depth) => {
    const outer = findAt(body, incident.slice(0, depth));
    return { ...(typeof outer === 'object' ? outer : {}), [key]: inner };
  }, {});
}
