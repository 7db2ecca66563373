import {
  type AnswerRecord,
  CASES_NEEDED,
  type CalibrationCurve,
  type GradedCase,
  type TargetCalibration,
} from '../../../domain/calibration.ts';
import { createPace, type Pace } from '../../retrieve/pace.ts';
import { applyCalibration, applyCurve } from './apply.ts';
import { fitBeta } from './beta.ts';
import { type Fit, holdOut, holdOutBy } from './hold-out.ts';
import { fitIsotonic } from './isotonic.ts';
import { judgeLeftOut } from './left-out.ts';
import { auroc, brierScore } from './metrics.ts';
import { fitPlatt } from './platt.ts';
import { finiteOrNull } from './quality.ts';
import { fitRecord } from './record.ts';

/**
 * The curve that leaves the smallest Brier score when each case is judged without itself: Platt or beta, from 500 cases
 * on isotonic too; from 100 on with the record of each answer beside it, where that leaves a smaller one still. Undefined
 * under 30 cases: an honest "not known" beats a number that looks like one.
 */
export async function fitCurve(
  cases: readonly GradedCase[],
  random: () => number,
  pace: Pace = createPace(),
): Promise<TargetCalibration | undefined> {
  if (cases.length < CASES_NEEDED.any) return undefined;
  const { fitTo, held } = await chooseFit(cases, pace);
  const curve = fitTo(cases);
  const recorded = await holdOutRecord(cases, fitTo, pace);
  if (recorded !== undefined && brierScore(recorded) < brierScore(held)) {
    const judged = recorded.map(({ score, isRight }) => ({ score, isRight, heldOut: score }));
    const quality = await judgeLeftOut(judged, random, pace);
    return { curve, record: fitRecordOf(cases, curve), quality, cases: judged };
  }
  const judged = cases.map(({ score, isRight }, at) => {
    const chance = applyCurve(curve, score);
    return { score: chance, isRight, heldOut: held[at]?.score ?? chance };
  });
  const quality = await judgeLeftOut(judged, random, pace);
  // A score that ranks backwards is given a flat curve, which must not pass for one that ranks like a coin.
  return { curve, quality: { ...quality, auroc: finiteOrNull(auroc(cases)) }, cases: judged };
}

/** Each case by a curve and a record that were fitted without it; undefined where there are too few to tell answers apart. */
async function holdOutRecord(cases: readonly GradedCase[], fitTo: Fit, pace: Pace): Promise<GradedCase[] | undefined> {
  if (cases.length < CASES_NEEDED.record || cases.every(({ answer }) => answer === undefined)) return undefined;
  const learn = (others: readonly GradedCase[]) => {
    const curve = fitTo(others);
    const record = fitRecordOf(others, curve);
    return ({ score, answer }: GradedCase) => applyCalibration({ curve, record }, score, answer);
  };
  return holdOutBy(cases, learn, pace);
}

function fitRecordOf(cases: readonly GradedCase[], curve: CalibrationCurve): AnswerRecord {
  return fitRecord(cases.map((one) => ({ ...one, score: applyCurve(curve, one.score) })));
}

interface JudgedFit {
  readonly fitTo: Fit;
  readonly held: readonly GradedCase[];
}

async function chooseFit(cases: readonly GradedCase[], pace: Pace): Promise<JudgedFit> {
  const fits: Fit[] = [fitPlatt, fitBeta, ...(cases.length >= CASES_NEEDED.isotonic ? [fitIsotonic] : [])];
  const judged: JudgedFit[] = [];
  for (const fitTo of fits) judged.push({ fitTo, held: await holdOut(cases, fitTo, pace) });
  return judged.reduce((best, other) => (brierScore(other.held) < brierScore(best.held) ? other : best));
}
