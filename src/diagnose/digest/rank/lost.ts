import type { Comparison } from '../compare.ts';
import type { Finding } from './finding.ts';
import { createRatePools } from './pooled-rates.ts';

const LOST_DRIFT = 0.02;
/** Where spans are lost anyway, every service has such calls, and the worst of them all is bad by chance. */
const LOSS_DOUBT = 2;

/** Calls that the other side shows no trace of: it refused, died, or never got them. */
export function findLost({ edges, loss }: Comparison): Finding[] {
  const pools = createRatePools(LOST_DRIFT, 1 + LOSS_DOUBT * loss);
  for (const { callee, calleeOperation, lost, calls } of edges) {
    const before = { hits: lost.before, of: calls.before };
    pools.add(callee, calleeOperation, before, { hits: lost.after, of: calls.after });
  }
  return pools.toFindings('lost', 'calls to it that it shows no span of');
}
