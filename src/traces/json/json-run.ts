import type { ByteQueue } from '../bytes/byte-queue.ts';
import { isSpace, scanValue, startScan } from './json-scan.ts';
import { type JsonRun, notJson } from './json-values.ts';

export interface RunLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

const COMMA = 0x2c;
const CLOSE_BRACKET = 0x5d;
/** More spaces between two items are not worth holding both for. */
const MAX_GAP_BYTES = 1024;

/** `depth` is how many containers were entered. */
export async function takeRun(
  queue: ByteQueue,
  depth: number,
  { maxItems, maxBytes }: RunLimits,
): Promise<JsonRun | undefined> {
  let items = 0;
  let length = 0;
  for (let start: number | undefined = 0; start !== undefined; ) {
    const end: number | undefined = await findEnd(queue, depth, start, maxBytes);
    if (end === undefined) break;
    items++;
    length = end;
    start = items < maxItems && length < maxBytes ? await findNext(queue, length) : undefined;
  }
  if (items === 0) return undefined;
  const run = { bytes: queue.bytes.subarray(queue.at, queue.at + length), items, offset: queue.offset };
  queue.skip(length);
  return run;
}

/** Where the value that starts `start` bytes from here ends; undefined when that is beyond `maxBytes`. */
async function findEnd(queue: ByteQueue, depth: number, start: number, maxBytes: number): Promise<number | undefined> {
  const scan = startScan(depth);
  let scanned = start;
  for (;;) {
    const stop = scanValue(scan, queue.bytes, queue.at + scanned, queue.end);
    const length = (stop < 0 ? queue.end : stop) - queue.at;
    if (length > maxBytes) return undefined;
    if (stop >= 0) return length;
    scanned = length;
    if (await queue.fill()) continue;
    if (scan.state === 'scalar' && depth === 0) return length;
    throw notJson(`it ends too early, at byte ${queue.offset + length}`);
  }
}

/** Where the next item starts, when a comma follows `from` bytes from here. */
async function findNext(queue: ByteQueue, from: number): Promise<number | undefined> {
  const comma = await findSignificant(queue, from);
  if (comma === undefined || queue.bytes[queue.at + comma] !== COMMA) return undefined;
  const next = await findSignificant(queue, comma + 1);
  return next === undefined || queue.bytes[queue.at + next] === CLOSE_BRACKET ? undefined : next;
}

async function findSignificant(queue: ByteQueue, from: number): Promise<number | undefined> {
  for (let at = from; at - from < MAX_GAP_BYTES; at++) {
    if (queue.at + at >= queue.end && !(await queue.fill())) return undefined;
    if (!isSpace(queue.bytes[queue.at + at] ?? 0)) return at;
  }
  return undefined;
}
