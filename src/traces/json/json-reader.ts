import { createByteQueue } from '../bytes/byte-queue.ts';
import { type RunLimits, takeRun } from './json-run.ts';
import { isSpace, MAX_NESTING, tooDeep } from './json-scan.ts';
import { type JsonRun, notJson, parseValue } from './json-values.ts';

/**
 * JSON that is read as it arrives: containers are entered, or values are taken whole. The bytes of a run are only good
 * until the next call. Errors: `input-invalid` with the place.
 */
export interface JsonReader {
  /** The first byte of what comes next, spaces apart; undefined at the end of the body. */
  peek(): Promise<number | undefined>;
  /** Goes into the object or array that comes next. */
  enter(): void;
  /** The next key of the object that was entered; undefined, and out of it, at its end. */
  nextKey(): Promise<string | undefined>;
  /** Whether the array that was entered has one more item; false, and out of it, at its end. */
  hasItem(): Promise<boolean>;
  /** Takes the next value; undefined, and takes nothing, when it has more than `maxBytes`. */
  takeValue(maxBytes: number): Promise<JsonRun | undefined>;
  /** Takes the next items of the array that was entered: at least one, or undefined when that has more than `maxBytes`. */
  takeItems(limits: RunLimits): Promise<JsonRun | undefined>;
  mistake(): Error;
  close(): Promise<void>;
}

export const OPEN_BRACE = 0x7b;
export const OPEN_BRACKET = 0x5b;
/** Of `null`, and of nothing else. */
export const LETTER_N = 0x6e;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const QUOTE = 0x22;
/** A key tells what a value is; nothing that is known has one as long. */
const MAX_KEY_BYTES = 64 * 1024;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

export function createJsonReader(source: AsyncIterable<Uint8Array>): JsonReader {
  const queue = createByteQueue(source);
  /** One for each container that was entered: whether nothing of it was read yet. */
  const fresh: boolean[] = [];

  return {
    peek,
    enter() {
      queue.skip(1);
      fresh.push(true);
      if (fresh.length > MAX_NESTING) throw tooDeep();
    },
    async nextKey() {
      if (!(await goOn(CLOSE_BRACE))) return undefined;
      if ((await peek()) !== QUOTE) throw mistake();
      const run = await take({ maxItems: 1, maxBytes: MAX_KEY_BYTES });
      if (!run) throw notJson(`there is a key of more than ${MAX_KEY_BYTES} bytes at byte ${queue.offset}`);
      const key = parseValue(run);
      if ((await peek()) !== COLON || typeof key !== 'string') throw mistake();
      queue.skip(1);
      return key;
    },
    hasItem: () => goOn(CLOSE_BRACKET),
    takeValue: (maxBytes) => take({ maxItems: 1, maxBytes }),
    takeItems: take,
    mistake,
    close: () => queue.close(),
  };

  async function peek(): Promise<number | undefined> {
    for (;;) {
      const { bytes, at, end } = queue;
      let next = at;
      while (next < end && isSpace(bytes[next] ?? 0)) next++;
      queue.skip(next - at);
      if (next < end) return bytes[next];
      if (!(await queue.fill())) return undefined;
      if (queue.offset === 0) await skipByteOrderMark();
    }
  }

  async function skipByteOrderMark(): Promise<void> {
    if (queue.bytes[queue.at] !== BYTE_ORDER_MARK[0]) return;
    while (queue.end - queue.at < BYTE_ORDER_MARK.length) if (!(await queue.fill())) return;
    if (BYTE_ORDER_MARK.every((byte, index) => queue.bytes[queue.at + index] === byte)) queue.skip(3);
  }

  /** Over a comma to the next member, or over `closer` and out. */
  async function goOn(closer: number): Promise<boolean> {
    const isFresh = fresh.pop();
    let byte = await peek();
    if (byte === closer) {
      queue.skip(1);
      return false;
    }
    if (!isFresh) {
      if (byte !== COMMA) throw mistake();
      queue.skip(1);
      byte = await peek();
      if (byte === closer) throw mistake();
    }
    if (byte === undefined) throw mistake();
    fresh.push(false);
    return true;
  }

  async function take(limits: RunLimits): Promise<JsonRun | undefined> {
    if ((await peek()) === undefined) throw mistake();
    return takeRun(queue, fresh.length, limits);
  }

  function mistake(): Error {
    const isAtEnd = queue.at >= queue.end;
    const { offset } = queue;
    return notJson(isAtEnd ? `it ends too early, at byte ${offset}` : `there is a mistake at byte ${offset}`);
  }
}
