import { PrecedentError } from '../../domain/errors.ts';

/** What RFC 8878 asks every decoder to take, and what `zstd` uses up to level 19. */
const MAX_WINDOW = 8 * 1024 * 1024;
/** RFC 8878, 3.1.1.2.4. */
const MAX_BLOCK = 128 * 1024;
/**
 * The decoder moves its whole window for each block, however small: so many bytes for each that was sent, in honest
 * compression, and so many in all, which are some seconds of work.
 */
const MOVED_PER_BYTE = 16 * 1024;
const MOVED_ANYWAY = 4 * 1024 ** 3;
const MAX_MOVED = 64 * 1024 ** 3;
const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a5;

/** What is read next: how many bytes it has, and what they are. */
interface Step {
  readonly bytes: number;
  readonly read: (bytes: Uint8Array) => Step;
}

export interface ZstdGuard {
  /** Looks at the next bytes; throws `input-invalid` before a decoder would take harm from them. */
  check(bytes: Uint8Array): void;
  /** Whether a frame could end, or begin, here. */
  isAtEnd(): boolean;
}

/**
 * Walks through frames and blocks by their headers, because the decoder believes them: it allocates whatever window a
 * frame declares (up to 2 GiB) and whatever size a block has.
 */
export function createZstdGuard(): ZstdGuard {
  let moved = 0;
  let sent = 0;
  let step = startFrame();
  let gathered: number[] = [];
  let skipping = 0;

  return {
    check(bytes) {
      sent += bytes.length;
      for (let at = 0; at < bytes.length; ) {
        if (skipping > 0) {
          const skipped = Math.min(skipping, bytes.length - at);
          skipping -= skipped;
          at += skipped;
          continue;
        }
        gathered.push(bytes[at++] ?? 0);
        if (gathered.length < step.bytes) continue;
        const header = Uint8Array.from(gathered);
        gathered = [];
        step = step.read(header);
      }
    },
    isAtEnd: () => step.read === readMagic && gathered.length === 0 && skipping === 0,
  };

  function startFrame(): Step {
    return { bytes: 4, read: readMagic };
  }

  function readMagic(bytes: Uint8Array): Step {
    const magic = numberOf(bytes);
    if (magic === MAGIC) return { bytes: 1, read: readDescriptor };
    if (Math.floor(magic / 16) === SKIPPABLE) return { bytes: 4, read: skipFrame };
    throw refused('it is not zstd');
  }

  function skipFrame(bytes: Uint8Array): Step {
    skipping = numberOf(bytes);
    return startFrame();
  }

  function readDescriptor([descriptor = 0]: Uint8Array): Step {
    const isSingleSegment = ((descriptor >> 5) & 1) === 1;
    const sizeFlag = descriptor >> 6;
    const contentBytes = sizeFlag > 0 ? 1 << sizeFlag : Number(isSingleSegment);
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const windowBytes = isSingleSegment ? 0 : 1;
    const checksum = (descriptor >> 2) & 1 ? 4 : 0;
    return {
      bytes: windowBytes + dictionaryBytes + contentBytes,
      read(bytes) {
        const size = numberOf(bytes.subarray(windowBytes + dictionaryBytes)) + (sizeFlag === 1 ? 256 : 0);
        return startBlock(isSingleSegment ? size : windowOf(bytes[0] ?? 0), checksum);
      },
    };
  }

  function startBlock(window: number, checksum: number): Step {
    if (window > MAX_WINDOW)
      throw refused('it needs a window over 8 MiB: compress it with level 19 or less, not --long');
    return { bytes: 3, read: (bytes) => readBlock(numberOf(bytes), window, checksum) };
  }

  function readBlock(header: number, window: number, checksum: number): Step {
    const type = (header >> 1) & 3;
    const size = header >> 3;
    moved += window;
    if (size > MAX_BLOCK) throw refused('it has a block over 128 KiB');
    if (moved > Math.min(MAX_MOVED, MOVED_ANYWAY + sent * MOVED_PER_BYTE))
      throw refused('it has too many small blocks: compress it in one go');
    skipping = type === 1 ? 1 : size;
    if ((header & 1) === 0) return startBlock(window, checksum);
    skipping += checksum;
    return startFrame();
  }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Little-endian; exact up to 2^53, and what is more is too large anyway. */
function numberOf(bytes: Uint8Array): number {
  return bytes.reduceRight((number, byte) => number * 256 + byte, 0);
}

function refused(reason: string): PrecedentError {
  return new PrecedentError('input-invalid', `the zstd body cannot be inflated: ${reason}`);
}
