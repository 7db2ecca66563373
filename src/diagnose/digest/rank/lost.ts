import type { EdgeChange } from '../compare.ts';
import type { Finding } from './finding.ts';
import { createRatePools } from './pooled-rates.ts';

const LOST_DRIFT = 0.02;

/** Calls that the other side shows no trace of: it refused, died, or never got them. */
export function findLost(edges: readonly EdgeChange[]): Finding[] {
  const pools = createRatePools(LOST_DRIFT);
  for (const { callee, calleeOperation, lost, calls } of edges) {
    const before = { hits: lost.before, of: calls.before };
    pools.add(callee, calleeOperation, before, { hits: lost.after, of: calls.after });
  }
  return pools.toFindings('lost', 'calls to it that it shows no span of');
}
