import type { CircuitState } from '../../domain/endpoint-state.ts';
import type { ModelFailureKind } from '../../domain/model-failure.ts';

/** How long an endpoint is left alone, from the first failure on: doubled each time it fails again. */
export const FIRST_COOL_MS = 1_000;
/** At most so long by our own reckoning; then one request tries again. */
export const MAX_COOL_MS = 300_000;
/** At most so long however long the endpoint asks for: a wrong header must not shut it out for a day. */
export const MAX_TOLD_MS = 900_000;

/** Failures that the next question would meet as well. The others are about the request, or about whoever asked. */
const OF_THE_ENDPOINT: ReadonlySet<ModelFailureKind> = new Set([
  'rate-limit',
  'quota',
  'server',
  'network',
  'timeout',
  'unusable',
  'auth',
  'not-found',
]);

/** Nothing was learnt about the endpoint. */
const SAYS_NOTHING: ReadonlySet<ModelFailureKind> = new Set(['cancelled', 'not-asked']);

/** Whether an endpoint is asked. Times are milliseconds of a clock that never jumps. */
export interface Circuit {
  state(now: number): CircuitState;
  /** How much longer it is left alone; 0 when it is not. */
  remainingMs(now: number): number;
  succeed(startedAt: number): void;
  fail(
    failure: { readonly kind: ModelFailureKind; readonly retryAfterMs?: number | undefined },
    call: FailedCall,
  ): void;
}

export interface FailedCall {
  readonly startedAt: number;
  readonly now: number;
}

/** `random` spreads the end of cool-downs, so that several processes do not come back in the same moment. */
export function createCircuit(random: () => number): Circuit {
  let failures = 0;
  let openedAt = Number.NEGATIVE_INFINITY;
  let coolUntil = Number.NEGATIVE_INFINITY;

  const close = (startedAt: number) => {
    // An answer to what was asked before the failure does not say that it is over.
    if (startedAt < openedAt) return;
    failures = 0;
    coolUntil = Number.NEGATIVE_INFINITY;
  };

  return {
    state: (now) => (failures === 0 ? 'closed' : now < coolUntil ? 'open' : 'half-open'),
    remainingMs: (now) => Math.max(0, coolUntil - now),
    succeed: close,
    fail({ kind, retryAfterMs }, { startedAt, now }) {
      if (SAYS_NOTHING.has(kind)) return;
      if (!OF_THE_ENDPOINT.has(kind)) return close(startedAt);
      // Requests that were under way together and fail together are one failure.
      const isNew = startedAt >= openedAt;
      if (isNew) {
        failures += 1;
        openedAt = now;
      }
      coolUntil = Math.max(coolUntil, now + coolMs(kind, retryAfterMs, failures, random));
    },
  };
}

function coolMs(
  kind: ModelFailureKind,
  retryAfterMs: number | undefined,
  failures: number,
  random: () => number,
): number {
  // A quota does not come back within seconds, whatever the header that every 429 carries says.
  const leastMs = kind === 'quota' ? MAX_COOL_MS : FIRST_COOL_MS;
  if (retryAfterMs !== undefined) return Math.min(MAX_TOLD_MS, Math.max(leastMs, retryAfterMs));
  if (kind === 'quota') return MAX_COOL_MS;
  const doubled = Math.min(MAX_COOL_MS, FIRST_COOL_MS * 2 ** (failures - 1));
  return doubled * (0.75 + random() / 4);
}
