import { Decompress } from 'fzstd';
import { PrecedentError } from '../../domain/errors.ts';
import { createZstdGuard } from './zstd-guard.ts';

/**
 * Bytes per step: what one step may inflate to stays small, because it holds few blocks (of 128 KiB at most, as the
 * guard sees to), and the decoder, which calls itself for each frame, never gets deep.
 */
const STEP_BYTES = 256;

/** Inflates zstd as it arrives, frame after frame. */
export async function* unzstd(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const inflated: Uint8Array[] = [];
  const decoder = new Decompress((chunk) => inflated.push(chunk));
  const guard = createZstdGuard();
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += STEP_BYTES) {
      const step = chunk.subarray(at, at + STEP_BYTES);
      guard.check(step);
      push(decoder, step, false);
      yield* inflated.splice(0);
    }
  }
  if (!guard.isAtEnd()) throw broken();
  push(decoder, new Uint8Array(), true);
  yield* inflated.splice(0);
}

/** The decoder trusts its input in places, and then fails in ways of the engine's own. */
function push(decoder: Decompress, step: Uint8Array, isLast: boolean): void {
  try {
    // It keeps parts of what it is given until a block is whole; the caller may use its buffer again.
    decoder.push(step.slice(), isLast);
  } catch (error) {
    throw broken(error);
  }
}

function broken(cause?: unknown): PrecedentError {
  return new PrecedentError('input-invalid', 'the zstd body cannot be inflated: it is broken or cut short', { cause });
}
