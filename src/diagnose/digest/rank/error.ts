import type { Comparison, OperationChange } from '../compare.ts';
import type { Proportion } from '../robust.ts';
import type { Finding } from './finding.ts';
import { createRatePools } from './pooled-rates.ts';

/** As in `twoProportionZ`: the rates of two healthy windows differ by this anyway. */
const ERROR_DRIFT = 0.005;

/**
 * Where errors begin: erring spans without an erring child. A client span of that kind is charged to the called side:
 * what failed is the call.
 */
export function findErrors(comparison: Comparison): Finding[] {
  const pools = createRatePools(ERROR_DRIFT);
  for (const { service, operation, before, after } of comparison.operations.values()) {
    pools.add(service, operation, toProportion(before), toProportion(after));
  }
  for (const { callee, calleeOperation, originErrors, calls } of comparison.edges) {
    const before = { hits: originErrors.before, of: calls.before };
    pools.add(callee, calleeOperation, before, { hits: originErrors.after, of: calls.after });
  }
  return pools.toFindings('error', 'errors begin here');
}

function toProportion(stats: OperationChange['before']): Proportion {
  return { hits: stats?.originErrors ?? 0, of: stats?.spans ?? 0 };
}
