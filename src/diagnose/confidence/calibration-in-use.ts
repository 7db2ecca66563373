import {
  CALIBRATION_TARGETS,
  CASES_NEEDED,
  type Calibration,
  type CalibrationTarget,
} from '../../domain/calibration.ts';
import type { Confidence } from '../../domain/confidence.ts';
import type { RootCause } from '../../domain/diagnosis.ts';
import type { EngineName } from '../../domain/engine.ts';
import { applyCalibration } from './calibration/apply.ts';
import { type Chances, decide } from './calibration/decision.ts';
import { intervalAt } from './calibration/interval.ts';
import { findAnswer, nameAnswer } from './calibration/record.ts';
import { findThreshold, LEAST_COVERAGE, type Threshold } from './calibration/thresholds.ts';
import type { GroundingCap } from './grounding.ts';
import type { RawScores } from './raw-scores.ts';

/** How often what is acted on, and what is suggested, may be wrong, 0..1. */
export interface Risks {
  readonly act: number;
  readonly suggest: number;
}

/** A calibration with the thresholds that its own cases allow at these risks. */
export interface CalibrationInUse {
  readonly calibration: Calibration;
  readonly risks: Risks;
  readonly thresholds: {
    /** On service and category both. */
    readonly act: Threshold | null;
    readonly suggest: Readonly<Record<CalibrationTarget, Threshold | null>>;
  };
}

/** What calibration adds to a confidence. */
export type Calibrated = Pick<Confidence, 'calibrated' | 'service' | 'category' | 'n' | 'method'> &
  Partial<Pick<Confidence, 'interval' | 'decision' | 'calibration'>> & {
    /** In words, for the head of the reasons. */
    readonly reasons: readonly string[];
  };

/** Thresholds are looked for once per calibration, not once per diagnosis. */
export function useCalibration(calibration: Calibration, risks: Risks): CalibrationInUse {
  const thresholdOf = (target: CalibrationTarget, risk: number, least: number) => {
    const found = calibration.targets[target];
    return found === null ? null : findThreshold(found.cases, risk, least);
  };
  return {
    calibration,
    risks,
    thresholds: {
      act: thresholdOf('both', risks.act, LEAST_COVERAGE.act),
      suggest: {
        service: thresholdOf('service', risks.suggest, LEAST_COVERAGE.suggest),
        category: thresholdOf('category', risks.suggest, LEAST_COVERAGE.suggest),
        both: thresholdOf('both', risks.suggest, LEAST_COVERAGE.suggest),
      },
    },
  };
}

/** What is calibrated, and what it is judged by. */
export interface Scored {
  readonly scores: RawScores;
  /** What the scores are of; undefined when nothing was named. */
  readonly named: Pick<RootCause, 'service' | 'category'> | undefined;
  readonly recipe: string;
  readonly engine: EngineName;
  /** Hash of the incidents as they are now. */
  readonly incidents: string;
  readonly cap?: GroundingCap | undefined;
}

/**
 * Raw scores as chances, the decision that they allow, and why. Without history enough, and with one that was fitted on
 * scores made in another way, every chance is null: an honest "not known" beats a number that looks like one.
 */
export function calibrate(scored: Scored, used: CalibrationInUse | undefined): Calibrated {
  if (used === undefined)
    return uncalibrated(
      `uncalibrated: no backtest is known; run precedent backtest${scored.engine === 'llm' ? ' --engine llm' : ''}`,
    );
  const { calibration } = used;
  const n = calibration.graded.backtest + calibration.graded.verdicts;
  if (calibration.recipe !== scored.recipe)
    return uncalibrated('uncalibrated: the last backtest was run by another version; run precedent backtest', n);
  if (CALIBRATION_TARGETS.every((target) => calibration.targets[target] === null))
    return uncalibrated(`uncalibrated: ${n} graded incidents, ${CASES_NEEDED.any} needed`, n);
  const chances = chancesOf(scored, calibration);
  const { decision, reason } = decideBy(chances, scored, used);
  const { both } = calibration.targets;
  const bin = both !== null && chances.both !== null ? intervalAt(both.cases, chances.both) : undefined;
  const isStale = calibration.incidents !== scored.incidents;
  return {
    calibrated: chances.both,
    service: chances.service,
    category: chances.category,
    ...(bin === undefined ? {} : { interval: bin.interval }),
    decision,
    n,
    method: both?.curve.method ?? 'uncalibrated',
    calibration: { id: calibration.id, fittedAt: calibration.fittedAt, isStale },
    reasons: [
      reason,
      ...(isUnseen(scored.named)
        ? ['the category is not calibrated: how often new kinds are rightly called so is not known']
        : []),
      ...(bin === undefined ? [] : [bin.reason]),
      ...listRecords(scored, calibration),
      ...(isStale ? [`incidents have changed since the backtest of ${calibration.fittedAt.slice(0, 10)}`] : []),
    ],
  };
}

/**
 * A cap is no chance that was ever graded, so a threshold learnt from grades cannot let it pass: it must be enough by itself.
 * Where nothing was named there is nothing to decide on.
 */
function decideBy(chances: Chances, { named, cap }: Scored, { thresholds, risks }: CalibrationInUse) {
  if (named === undefined) return { decision: 'abstain' as const, reason: 'abstain: no cause was named' };
  const { act } = thresholds;
  const isBarred = act !== null && cap !== undefined && cap.most < 1 - risks.act;
  return decide(
    chances,
    isBarred ? { ...thresholds, act: { ...act, chance: Math.max(act.chance, 1 - risks.act) } } : thresholds,
  );
}

/** The path that the traces show leads to a service: how sure the category is does not hang on it. */
function chancesOf({ scores, named, cap }: Scored, { targets }: Calibration): Chances {
  const most: Readonly<Record<CalibrationTarget, number>> = {
    service: cap?.most ?? 1,
    category: 1,
    both: cap?.most ?? 1,
  };
  const chanceOf = (target: CalibrationTarget) => {
    const fitted = targets[target];
    if (fitted === null || named === undefined || (target !== 'service' && isUnseen(named))) return null;
    return Math.min(most[target], applyCalibration(fitted, scores[target], nameAnswer(named)));
  };
  return { service: chanceOf('service'), category: chanceOf('category'), both: chanceOf('both') };
}

/** Only answers that named a known category were graded by it. */
function isUnseen(named: Scored['named']): boolean {
  return named?.category === 'unseen';
}

const RIGHT: Readonly<Record<CalibrationTarget, string>> = {
  service: 'the service was',
  category: 'the category was',
  both: 'both were',
};

/** What moved a chance away from its curve, in words. */
function listRecords({ named }: Scored, { targets }: Calibration): string[] {
  return CALIBRATION_TARGETS.flatMap((target) => {
    const record = targets[target]?.record;
    const found = record && named && findAnswer(record, nameAnswer(named));
    if (!found) return [];
    const { answer, n, right } = found;
    return `of ${n} graded ${n === 1 ? 'answer' : 'answers'} that named ${answer}, ${RIGHT[target]} right in ${right}`;
  });
}

/** Nobody knows how often such an answer is right, so nobody should act on it unseen. */
function uncalibrated(reason: string, n = 0): Calibrated {
  return {
    calibrated: null,
    service: null,
    category: null,
    n,
    method: 'uncalibrated',
    decision: 'suggest',
    reasons: [reason],
  };
}
