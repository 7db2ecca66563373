import { PrecedentError } from '../domain/errors.ts';

/** A body takes seconds at most, unless its sender dawdles. */
const RETRY_SECONDS = 5;

/** What one request holds of it, until it is disposed of. */
export interface ByteHold extends Disposable {
  /** Throws `overloaded` when all that is held would be more than the budget. */
  add(bytes: number): void;
}

/** Bounds what bodies hold in memory, over all connections: a bound for each is none while nobody bounds how many. */
export interface ByteBudget {
  begin(): ByteHold;
}

/** Bytes count as they come, not as they are announced: to announce costs nothing, and would keep others out. */
export function createByteBudget(maxBytes: number): ByteBudget {
  let held = 0;
  return {
    begin() {
      let own = 0;
      return {
        add(bytes) {
          if (held + bytes > maxBytes) {
            const message = 'other deliveries that come in just now are as much as is taken at once';
            const advice = `send it again in ${RETRY_SECONDS} s`;
            throw new PrecedentError('overloaded', `${message}: ${advice}`, { retryAfterSeconds: RETRY_SECONDS });
          }
          own += bytes;
          held += bytes;
        },
        [Symbol.dispose]() {
          held -= own;
          own = 0;
        },
      };
    },
  };
}
