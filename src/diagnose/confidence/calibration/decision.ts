import { CALIBRATION_TARGETS, type CalibrationTarget } from '../../../domain/calibration.ts';
import type { Decision } from '../../../domain/confidence.ts';
import type { Threshold } from './thresholds.ts';

/** Calibrated; null where history does not suffice. */
export type Chances = Readonly<Record<CalibrationTarget, number | null>>;

export interface Thresholds {
  /** On service and category both: whoever acts relies on the two. */
  readonly act: Threshold | null;
  readonly suggest: Readonly<Record<CalibrationTarget, Threshold | null>>;
}

const IN_WORDS: Readonly<Record<CalibrationTarget, string>> = {
  service: 'service',
  category: 'category',
  both: 'service and category',
};

/** What may be done with an answer of these chances, and why. Never `act` on what was not calibrated. */
export function decide(
  chances: Chances,
  thresholds: Thresholds,
): { readonly decision: Decision; readonly reason: string } {
  const known = CALIBRATION_TARGETS.filter((target) => chances[target] !== null);
  if (known.length === 0) {
    return { decision: 'suggest', reason: 'suggest: not calibrated, so nobody knows how often such answers are right' };
  }
  if (isReached(chances.both, thresholds.act)) {
    return { decision: 'act', reason: `act: ${tellReached('both', chances.both, thresholds.act)}` };
  }
  // The most that is sure enough: both rather than one of them.
  const most = known.filter((target) => isReached(chances[target], thresholds.suggest[target])).at(-1);
  if (most === undefined) {
    const missing = known.map((target) => tellMissing(target, chances[target], thresholds.suggest[target]));
    return { decision: 'abstain', reason: `abstain: ${missing.join('; ')}` };
  }
  const reached = tellReached(most, chances[most], thresholds.suggest[most]);
  return {
    decision: 'suggest',
    reason: `suggest: ${reached}; to act: ${tellMissing('both', chances.both, thresholds.act)}`,
  };
}

function isReached(chance: number | null, threshold: Threshold | null): boolean {
  return chance !== null && threshold !== null && chance >= threshold.chance;
}

function tellReached(target: CalibrationTarget, chance: number | null, threshold: Threshold | null): string {
  const sure = `${IN_WORDS[target]} ${percentBelow(chance ?? 0)} sure`;
  if (threshold === null) return sure;
  const { n, wrong, chance: from } = threshold;
  return `${sure}; of ${n} graded cases from ${percentBelow(from)} on, ${wrong} ${wrong === 1 ? 'was' : 'were'} wrong`;
}

function tellMissing(target: CalibrationTarget, chance: number | null, threshold: Threshold | null): string {
  if (chance === null) return `${IN_WORDS[target]} not calibrated`;
  const sure = `${IN_WORDS[target]} ${percentBelow(chance)} sure`;
  if (threshold === null) return `${sure}, and history does not show from where on that is enough`;
  return `${sure}, ${percentAbove(threshold.chance)} needed`;
}

/** So little is the arithmetic's own: .29 × 100 is a hair less than 29. */
const HAIR = 1e-9;

/** Rounded down what there is and up what is needed, or both may read the same. */
function percentBelow(chance: number): string {
  return `${Math.floor(chance * 100 + HAIR)} %`;
}

function percentAbove(chance: number): string {
  return `${Math.ceil(chance * 100 - HAIR)} %`;
}
