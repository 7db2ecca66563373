import type { GradedCase, IsotonicCurve } from '../../../domain/calibration.ts';
import { type CaseGroup, listGroups } from './groups.ts';
import { keepFinite, smoothedRate } from './smoothing.ts';

/** Each pool is drawn towards the base rate as if so many more cases were in it: a pool of one is no certainty. */
const PSEUDO_CASES = 4;

/** Neighbouring scores that the cases cannot tell apart. */
interface Pool {
  readonly n: number;
  readonly right: number;
  /** Sum over its cases. */
  readonly scores: number;
}

/** Steps that only rise, found by pooling adjacent violators (Ayer and others 1955). */
export function fitIsotonic(cases: readonly GradedCase[]): IsotonicCurve {
  const rate = smoothedRate(cases);
  const steps = poolViolators(listGroups(cases)).map(({ n, right, scores }) => {
    return { score: scores / n, chance: (right + PSEUDO_CASES * rate) / (n + PSEUDO_CASES) };
  });
  return { method: 'isotonic', steps: keepRising(steps) };
}

/** Between two steps the line is straight, so that scores keep their order; beyond the outermost it is level. */
export function applyIsotonic({ steps }: IsotonicCurve, score: number): number {
  const after = steps.findIndex((step) => step.score >= score);
  const high = after < 0 ? steps.at(-1) : steps[after];
  if (!high) throw new Error('an isotonic curve without steps says nothing');
  const low = steps[after - 1];
  if (after <= 0 || !low) return keepFinite(high.chance);
  return keepFinite(low.chance + ((score - low.score) / (high.score - low.score)) * (high.chance - low.chance));
}

function poolViolators(groups: readonly CaseGroup[]): Pool[] {
  const pools: Pool[] = [];
  for (const { score, n, right } of groups) {
    let pool: Pool = { n, right, scores: score * n };
    for (let before = pools.at(-1); before && rateOf(before) >= rateOf(pool); before = pools.at(-1)) {
      pools.pop();
      pool = { n: before.n + pool.n, right: before.right + pool.right, scores: before.scores + pool.scores };
    }
    pools.push(pool);
  }
  return pools;
}

function rateOf({ n, right }: Pool): number {
  return right / n;
}

/** Small pools are drawn to the base rate harder than large ones: that may bend the line, and it must not fall. */
function keepRising(steps: IsotonicCurve['steps']): IsotonicCurve['steps'] {
  let highest = 0;
  return steps.map(({ score, chance }) => {
    highest = Math.max(highest, chance);
    return { score, chance: highest };
  });
}
