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
    const [old, now] = [toProportion(before), toProportion(after)];
    pools.add(service, operation, old, now, expect(old, now));
  }
  for (const { callee, calleeOperation, originErrors, calls } of comparison.edges) {
    const before = { hits: originErrors.before, of: calls.before };
    const after = { hits: originErrors.after, of: calls.after };
    pools.add(callee, calleeOperation, before, after, expect(before, after));
  }
  return pools.toFindings('error', 'errors begin here');
}

/** What is new never had a chance to err: it is judged against as many spans that did not. */
function expect(before: Proportion, after: Proportion): Proportion {
  return before.of === 0 ? { hits: 0, of: after.of } : before;
}

function toProportion(stats: OperationChange['before']): Proportion {
  return { hits: stats?.originErrors ?? 0, of: stats?.spans ?? 0 };
}
