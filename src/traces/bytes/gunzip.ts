import { createGunzip, type Gunzip } from 'node:zlib';
import { PrecedentError } from '../../domain/errors.ts';

const CHUNK_BYTES = 64 * 1024;

/** Inflates gzip as it arrives, member after member; what is not taken from it is not inflated either. */
export async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const inflater = createGunzip({ chunkSize: CHUNK_BYTES });
  const iterator = bytes[Symbol.asyncIterator]();
  let failure: unknown;
  const fed = feed(iterator, inflater).catch((error: unknown) => {
    failure = error;
    inflater.destroy();
  });
  try {
    for await (const chunk of inflater) yield chunk;
    await fed;
  } catch (error) {
    failure ??= toBroken(error);
  } finally {
    inflater.destroy();
    // Not waited for: the bytes may be stuck, and what went wrong is to be told now.
    iterator.return?.().catch(() => {});
  }
  if (failure !== undefined) throw failure;
}

/** Takes all bytes, also those behind the last member, such as padding: whoever reads on would take them for the next body. */
async function feed(iterator: AsyncIterator<Uint8Array>, inflater: Gunzip): Promise<void> {
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    if (inflater.destroyed) continue;
    if (!inflater.write(next.value)) await drained(inflater);
  }
  if (!inflater.destroyed) inflater.end();
}

/** Also ends when nobody inflates any more. */
function drained(inflater: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      inflater.off('drain', done).off('close', done);
      resolve();
    };
    if (inflater.destroyed) resolve();
    else inflater.on('drain', done).on('close', done);
  });
}

function toBroken(error: unknown): unknown {
  const isZlib = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
  if (!isZlib) return error;
  return new PrecedentError('input-invalid', 'the gzip body cannot be inflated: it is broken or cut short', {
    cause: error,
  });
}
