/** What came of one attempt: the receiver's answer, or why there was none. */
export type AttemptResult =
  | { readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly failure: string };

/** What follows from it. */
export type NextStep =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly afterSeconds: number; readonly error: string }
  | { readonly kind: 'dead'; readonly error: string };

const MINUTE = 60;
const HOUR = 3_600;

/** Seconds after the first attempt, the second … over nearly two days: a receiver that is away for a night misses nothing. */
const PAUSES = [5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR];

/** So often a message is sent before nobody tries any more. */
export const MAX_ATTEMPTS = PAUSES.length + 1;

/** Longer than a receiver may ask to be left alone. */
const MAX_RETRY_AFTER = 24 * HOUR;

/** Each pause varies by a quarter to either side, so that what failed together does not come back together. */
const JITTER = 0.25;

/**
 * What becomes of a message after its attempt number `attempt`, from 1; `random` is from 0 up to 1. Every failure is
 * tried again, also a 4xx, which is more often a mistake that somebody mends than a refusal; 410 says that nobody will.
 */
export function decideNextStep(result: AttemptResult, attempt: number, random: number): NextStep {
  if ('status' in result && result.status >= 200 && result.status < 300) return { kind: 'delivered' };
  const error = describe(result);
  if ('status' in result && result.status === 410) return { kind: 'dead', error };
  const pause = PAUSES[attempt - 1];
  if (pause === undefined) return { kind: 'dead', error: `${error}; given up after ${attempt} attempts` };
  const varied = pause * (1 + JITTER * (2 * random - 1));
  const asked = 'status' in result ? Math.min(result.retryAfterSeconds ?? 0, MAX_RETRY_AFTER) : 0;
  return { kind: 'again', afterSeconds: Math.max(varied, asked), error };
}

function describe(result: AttemptResult): string {
  if ('failure' in result) return result.failure;
  const { status } = result;
  if (status === 410) return 'it wants no more of these (410)';
  if (status >= 300 && status < 400)
    return `it redirected (${status}), which is not followed: configure the new address`;
  return `it answered ${status}`;
}
