import { applyCalibration } from '../../diagnose/confidence/calibration/apply.ts';
import { listBins } from '../../diagnose/confidence/calibration/bins.ts';
import { listCoverage } from '../../diagnose/confidence/calibration/coverage.ts';
import { fitCurve } from '../../diagnose/confidence/calibration/fit-curve.ts';
import { binByOrder } from '../../diagnose/confidence/calibration/left-out.ts';
import { judgeChances } from '../../diagnose/confidence/calibration/quality.ts';
import { findThreshold, LEAST_COVERAGE } from '../../diagnose/confidence/calibration/thresholds.ts';
import type { Risks } from '../../diagnose/confidence/calibration-in-use.ts';
import { createPace, type Pace } from '../../diagnose/retrieve/pace.ts';
import type { BacktestCase, JudgedTarget } from '../../domain/backtest.ts';
import {
  CALIBRATION_TARGETS,
  CASES_NEEDED,
  type Calibration,
  type CalibrationTarget,
  type GradedCase,
  type TargetCalibration,
} from '../../domain/calibration.ts';
import { createSeededRandom } from '../../domain/seeded-random.ts';
import { listGradedCases } from '../calibrate.ts';
import type { GradedVerdicts } from '../graded-verdicts.ts';

/** As for calibrations: the intervals of one history come out the same each time. */
const SEED = 1;

/** The older part teaches, the newer one judges. */
const OLDER_SHARE = 0.6;

/** Fewer judge nothing: even a true model shows an error of a fifth on them. */
export const NEWER_NEEDED = 15;

/** What the newer part of one target was judged by. */
export interface TimeSplit {
  readonly target: CalibrationTarget;
  /** The first day of the newer part. */
  readonly since: string;
  readonly older: number;
  readonly newer: number;
}

export interface JudgedConfidence {
  /** The headline first: what was learnt from older cases, held against newer ones. */
  readonly judged: readonly JudgedTarget[];
  readonly splits: readonly TimeSplit[];
}

export interface ConfidenceInput {
  readonly cases: readonly BacktestCase[];
  readonly calibration: Calibration;
  readonly verdicts: GradedVerdicts;
  readonly risks: Risks;
  readonly pace?: Pace;
}

export async function judgeConfidence(input: ConfidenceInput): Promise<JudgedConfidence> {
  const { cases, calibration, verdicts, risks, pace = createPace() } = input;
  const judged: JudgedTarget[] = [];
  const splits: TimeSplit[] = [];
  for (const target of CALIBRATION_TARGETS) {
    const parts = splitByTime(listDatedCases(cases, verdicts, target));
    const later = parts && (await judgeLater(target, parts, risks, pace));
    if (!parts || !later) continue;
    judged.push(later);
    splits.push({ target, since: parts.since, older: parts.older.length, newer: parts.newer.length });
  }
  for (const target of CALIBRATION_TARGETS) {
    const fitted = calibration.targets[target];
    if (fitted !== null) judged.push(describeLeftOut(target, fitted, risks));
  }
  return { judged, splits };
}

interface DatedCase extends GradedCase {
  readonly day: string;
}

/** A verdict counts for the day on which its diagnosis was asked for. Undated cases are neither older nor newer. */
function listDatedCases(
  cases: readonly BacktestCase[],
  verdicts: GradedVerdicts,
  target: CalibrationTarget,
): DatedCase[] {
  const asked = cases.flatMap((one) =>
    one.date === null ? [] : listGradedCases([one], target).map((graded) => ({ ...graded, day: one.date ?? '' })),
  );
  return [...asked, ...verdicts.targets[target].map((said) => ({ ...said, day: said.createdAt.slice(0, 10) }))];
}

interface Parts {
  readonly older: readonly GradedCase[];
  readonly newer: readonly GradedCase[];
  readonly since: string;
}

/** Cut between two days, as near to the wanted share as both parts stay large enough; undefined where none is. */
export function splitByTime(dated: readonly DatedCase[]): Parts | undefined {
  const sorted = [...dated].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  const wanted = OLDER_SHARE * sorted.length;
  let best: number | undefined;
  for (let at = CASES_NEEDED.any; at <= sorted.length - NEWER_NEEDED; at++) {
    if (sorted[at]?.day === sorted[at - 1]?.day) continue;
    if (best === undefined || Math.abs(at - wanted) < Math.abs(best - wanted)) best = at;
  }
  if (best === undefined) return undefined;
  return { older: sorted.slice(0, best), newer: sorted.slice(best), since: sorted[best]?.day ?? '' };
}

/** As it would have gone: curve and thresholds by what was known then, on what came after. */
async function judgeLater(
  target: CalibrationTarget,
  { older, newer }: Parts,
  risks: Risks,
  pace: Pace,
): Promise<JudgedTarget | undefined> {
  const fitted = await fitCurve(older, createSeededRandom(SEED), pace);
  if (!fitted) return undefined;
  const cases = newer.map(({ score, isRight, answer }) => ({
    score: applyCalibration(fitted, score, answer),
    isRight,
  }));
  return {
    target,
    split: 'later',
    n: cases.length,
    quality: await judgeChances(cases, createSeededRandom(SEED), pace),
    bins: listBins(cases).map(({ from, to, n, confidence, accuracy }) => ({ from, to, n, confidence, accuracy })),
    coverage: drawCoverage(cases),
    thresholds: findThresholds(fitted, risks),
    cases,
  };
}

/** The curve that is in use, each case by a fit without it. */
function describeLeftOut(target: CalibrationTarget, fitted: TargetCalibration, risks: Risks): JudgedTarget {
  return {
    target,
    split: 'left-out',
    n: fitted.cases.length,
    quality: fitted.quality,
    bins: binByOrder(fitted.cases),
    coverage: drawCoverage(fitted.cases),
    thresholds: findThresholds(fitted, risks),
    cases: fitted.cases.map(({ heldOut, isRight }) => ({ score: heldOut, isRight })),
  };
}

function drawCoverage(ordered: readonly GradedCase[]): JudgedTarget['coverage'] {
  return listCoverage(ordered).map(({ coverage, risk, score }) => ({ coverage, risk, threshold: score }));
}

function findThresholds({ cases }: TargetCalibration, { act, suggest }: Risks): JudgedTarget['thresholds'] {
  return {
    act: findThreshold(cases, act)?.chance ?? null,
    suggest: findThreshold(cases, suggest, LEAST_COVERAGE.suggest)?.chance ?? null,
  };
}
