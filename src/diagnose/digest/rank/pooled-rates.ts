import { type Proportion, twoProportionZ } from '../robust.ts';
import { type Finding, NOTABLE } from './finding.ts';

interface Pool {
  readonly before: { hits: number; of: number };
  readonly after: { hits: number; of: number };
  /** The operation that changed most, as judged alone. */
  worst: { readonly operation: string | undefined; readonly z: number };
}

export interface RatePools {
  /** `expected`: what to judge by where it is not what was seen before. */
  add(
    service: string,
    operation: string | undefined,
    before: Proportion,
    after: Proportion,
    expected?: Proportion,
  ): void;
  toFindings(ranker: 'error' | 'lost', what: string): Finding[];
}

/**
 * Rates of a service pooled over its operations, for each may be too rare to judge alone, and of its worst operation, for
 * many that always erred a little may hide one that now always does. `drift`: what the rates of two healthy windows
 * differ by anyway. `doubt` divides every z: 1 where a single hit is remarkable.
 */
export function createRatePools(drift: number, doubt = 1): RatePools {
  const pools = new Map<string, Pool>();
  return {
    add(service, operation, before, after, expected = before) {
      if (before.hits + after.hits === 0) return;
      const pool = pools.get(service) ?? emptyPool(operation);
      pools.set(service, pool);
      pool.before.hits += before.hits;
      pool.before.of += before.of;
      pool.after.hits += after.hits;
      pool.after.of += after.of;
      const z = twoProportionZ(expected, after, drift);
      if (z > pool.worst.z) pool.worst = { operation, z };
    },
    toFindings: (ranker, what) =>
      [...pools].flatMap(([service, { before, after, worst }]) => {
        const z = Math.max(twoProportionZ(before, after, drift), worst.z) / doubt;
        if (z < NOTABLE.proportion) return [];
        const reason = `${what}: ${before.hits} of ${before.of} → ${after.hits} of ${after.of}`;
        return [{ ranker, service, operation: worst.operation, z, addedMsPerTrace: 0, reason }];
      }),
  };
}

function emptyPool(operation: string | undefined): Pool {
  return { before: { hits: 0, of: 0 }, after: { hits: 0, of: 0 }, worst: { operation, z: 0 } };
}
