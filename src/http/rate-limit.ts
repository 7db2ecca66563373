/** Callers are known by name, so there are few; should there be many, those that were not heard of longest start afresh. */
const MAX_CALLERS = 10_000;

const MINUTE_MS = 60_000;

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export interface RateLimit {
  /** Takes one of this caller's `perMinute` requests: 0, or the seconds after which there is one again. */
  take(caller: string, perMinute: number): number;
}

/**
 * A token bucket for each caller, as large as a minute's worth: a storm's first burst goes through whole, and what goes on
 * beyond it is slowed down.
 */
export function createRateLimit(now: () => Date, maxCallers = MAX_CALLERS): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take(caller, perMinute) {
      const at = now().getTime();
      const before = buckets.get(caller) ?? { tokens: perMinute, at };
      const tokens = refill(before, at, perMinute);
      const isAllowed = tokens >= 1;
      // Deleted first, so that the map's order is that of use.
      buckets.delete(caller);
      buckets.set(caller, { tokens: isAllowed ? tokens - 1 : tokens, at });
      const [oldest] = buckets.keys();
      if (buckets.size > maxCallers && oldest !== undefined) buckets.delete(oldest);
      return isAllowed ? 0 : Math.max(1, Math.ceil(((1 - tokens) * MINUTE_MS) / perMinute / 1_000));
    },
  };
}

/** A clock that was set back refills nothing. */
function refill({ tokens, at }: Bucket, now: number, perMinute: number): number {
  const gained = (Math.max(0, now - at) * perMinute) / MINUTE_MS;
  return Math.min(perMinute, tokens + gained);
}
