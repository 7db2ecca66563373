/** Bytes that have arrived and are not yet used: those from `at` to `end` of `bytes`. */
export interface ByteQueue {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
  /** How many bytes came before `at`. */
  readonly offset: number;
  /** Waits for more; false when there are no more. Moves the unused bytes, and with them `at`. */
  fill(): Promise<boolean>;
  /** The first so many bytes are used. */
  skip(count: number): void;
  close(): Promise<void>;
}

/** Larger chunks are taken in portions, so that what is held does not depend on how they come. */
const PORTION_BYTES = 64 * 1024;

export function createByteQueue(source: AsyncIterable<Uint8Array>): ByteQueue {
  const iterator = source[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array();
  let bytes: Uint8Array = new Uint8Array(2 * PORTION_BYTES);
  let at = 0;
  let end = 0;
  let offset = 0;

  return {
    get bytes() {
      return bytes;
    },
    get at() {
      return at;
    },
    get end() {
      return end;
    },
    get offset() {
      return offset;
    },
    async fill() {
      while (chunk.length === 0) {
        const next = await iterator.next();
        if (next.done) return false;
        chunk = next.value;
      }
      append(chunk.subarray(0, PORTION_BYTES));
      chunk = chunk.subarray(PORTION_BYTES);
      return true;
    },
    skip(count) {
      at += count;
      offset += count;
    },
    async close() {
      await iterator.return?.();
    },
  };

  function append(portion: Uint8Array): void {
    if (end + portion.length > bytes.length) makeRoom(portion.length);
    bytes.set(portion, end);
    end += portion.length;
  }

  /** Doubling keeps the copying linear, even when bytes come one by one. */
  function makeRoom(needed: number): void {
    const held = end - at;
    const target = held + needed > bytes.length / 2 ? new Uint8Array(2 * (held + needed)) : bytes;
    if (target === bytes) bytes.copyWithin(0, at, end);
    else target.set(bytes.subarray(at, end));
    bytes = target;
    at = 0;
    end = held;
  }
}
