import { performance } from 'node:perf_hooks';
import { PrecedentError } from '../domain/errors.ts';

export interface StallWatchOptions {
  /** How long a source may send nothing while somebody else waits for the thread. */
  readonly stallMs: number;
  readonly isWanted: () => boolean;
}

/** Sees whether bytes go on coming: a reading whose bytes have stopped holds a thread that others could use. */
export interface StallWatch {
  /** The same bytes. */
  over(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
  /** Rejects when nothing has come for too long and somebody waits. As long as nobody does, a slow source may be slow. */
  readonly stalled: Promise<never>;
  stop(): void;
}

export function createStallWatch({ stallMs, isWanted }: StallWatchOptions): StallWatch {
  let since: number | undefined;
  let refuse = () => {};
  const stalled = new Promise<never>((_resolve, reject) => {
    refuse = () => reject(explain(stallMs));
  });
  stalled.catch(() => {});
  const look = () => {
    if (since !== undefined && performance.now() - since > stallMs && isWanted()) refuse();
  };
  const timer = setInterval(look, Math.min(1_000, stallMs / 4)).unref();
  return {
    stalled,
    async *over(source) {
      since = performance.now();
      for await (const bytes of source) {
        since = undefined;
        yield bytes;
        since = performance.now();
      }
      since = undefined;
    },
    stop: () => clearInterval(timer),
  };
}

function explain(stallMs: number): PrecedentError {
  const seconds = stallMs / 1_000;
  return new PrecedentError(
    'input-invalid',
    `nothing more of the traces came for ${seconds} s, and others wait to send theirs: send it again, without pauses`,
  );
}
