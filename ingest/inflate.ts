import { gunzipSync } from 'node:zlib';

/** A trace dump shrinks to a tenth; what grows beyond this is a bomb or an export of too long a time. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Throws with words for whoever put the file there. Blocks while it works: for worker threads. */
export function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const isLarge = error instanceof RangeError;
    throw new Error(isLarge ? 'larger than 64 MB when unpacked: export a shorter time of traces' : 'not a gzip file', {
      cause: error,
    });
  }
}
