import { type OperationName, toOperationKey } from '../client-operations.ts';
import type { Comparison } from '../compare.ts';
import type { FanOutChange } from '../compare-fan-outs.ts';
import type { MissingCalls } from '../missing-calls.ts';
import { likelihoodZ, type Proportion } from '../robust.ts';
import { toName } from '../wording.ts';
import { type Finding, NOTABLE } from './finding.ts';

/** So many spans leave out in healthy windows what they usually do. */
const HABIT_DRIFT = 0.03;
/** And where spans are lost, so much of the share lost more. */
const LOSS_DRIFT = 0.1;

/**
 * Who calls others more often than before (it tries again) or less often (it returns early) is charged with it. What lies
 * below a client span is the called side's, and counted as lost; and what an error stopped or made try again is the
 * doing of who erred.
 */
export function findFanOuts(comparison: Comparison): Finding[] {
  const erring = (at: OperationName) =>
    (comparison.operations.get(toOperationKey(at))?.errors.z ?? 0) >= NOTABLE.proportion;
  const changes = comparison.fanOuts.filter((change) => !erring(change.z < 0 ? change.parent : change.child));
  return [...changes.flatMap(toFinding), ...findBrokenHabits(comparison)];
}

function toFinding(change: FanOutChange): Finding[] {
  if (change.isClientParent || Math.abs(change.z) < NOTABLE.fanOut) return [];
  const { before, after } = change.perSpan;
  const calls = `calls of ${toName(change.child.operation)} per ${toName(change.parent.operation)}`;
  const reason = `${calls} ${before.toFixed(2)} → ${after.toFixed(2)}`;
  const { service, operation } = change.parent;
  return [{ ranker: 'fan-out', service, operation, z: Math.abs(change.z), addedMsPerTrace: 0, reason }];
}

/** Pooled over the operations of a service: each alone may be too rare to judge. */
function findBrokenHabits({ missingCalls, loss }: Comparison): Finding[] {
  const drift = HABIT_DRIFT + LOSS_DRIFT * loss;
  const services = new Map<string, MissingCalls[]>();
  for (const one of missingCalls) {
    const known = services.get(one.parent.service);
    if (known) known.push(one);
    else services.set(one.parent.service, [one]);
  }
  return [...services].flatMap(([service, habits]) => {
    const before = sum(habits.map((habit) => habit.before));
    const after = sum(habits.map((habit) => habit.after));
    const zOf = (habit: MissingCalls) => likelihoodZ(habit.before, habit.after, drift);
    const worst = habits.reduce((a, b) => (zOf(b) > zOf(a) ? b : a));
    const z = Math.max(likelihoodZ(before, after, drift), zOf(worst));
    if (z < NOTABLE.fanOut) return [];
    const { parent, child } = worst;
    const without = `${toName(parent.operation)} without ${child ? toName(child.operation) : 'any call below it'}`;
    const reason = `${without}: ${worst.before.hits} of ${worst.before.of} → ${worst.after.hits} of ${worst.after.of}`;
    return [{ ranker: 'fan-out' as const, service, operation: parent.operation, z, addedMsPerTrace: 0, reason }];
  });
}

function sum(proportions: readonly Proportion[]): Proportion {
  return proportions.reduce((all, one) => ({ hits: all.hits + one.hits, of: all.of + one.of }), { hits: 0, of: 0 });
}
