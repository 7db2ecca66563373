import { fitCurve } from '../diagnose/confidence/calibration/fit-curve.ts';
import { nameAnswer } from '../diagnose/confidence/calibration/record.ts';
import { createPace, type Pace } from '../diagnose/retrieve/pace.ts';
import type { BacktestCase } from '../domain/backtest.ts';
import type { Calibration, CalibrationTarget, GradedCase, TargetCalibration } from '../domain/calibration.ts';
import { createSeededRandom } from '../domain/seeded-random.ts';
import type { GradedVerdicts } from './graded-verdicts.ts';

/** Any will do, as long as it stays: the intervals of one history come out the same each time. */
const SEED = 1;

/** What makes a calibration this one: who was judged, on what, when. */
export type CalibrationFrame = Omit<Calibration, 'graded' | 'targets'>;

/** One curve for each target that has cases enough, from what was asked and from what people said. */
export async function fitCalibration(
  frame: CalibrationFrame,
  cases: readonly BacktestCase[],
  verdicts: GradedVerdicts,
  pace: Pace = createPace(),
): Promise<Calibration> {
  const curveOf = async (target: CalibrationTarget): Promise<TargetCalibration | null> => {
    const graded = [...listGradedCases(cases, target), ...verdicts.targets[target].map(toGradedCase)];
    return (await fitCurve(graded, createSeededRandom(SEED), pace)) ?? null;
  };
  return {
    ...frame,
    graded: { backtest: cases.length, verdicts: verdicts.diagnoses },
    targets: { service: await curveOf('service'), category: await curveOf('category'), both: await curveOf('both') },
  };
}

/** What each case teaches of one target, in their order. One that names nothing, or whose truth says nothing, teaches nothing. */
export function listGradedCases(cases: readonly BacktestCase[], target: CalibrationTarget): GradedCase[] {
  return cases.flatMap((one) => {
    const isRight = judge(one, target);
    const score = one.scores[target];
    if (isRight === undefined || score === 0) return [];
    return [toGradedCase({ score, isRight, answer: nameAnswer(one.best ?? one.said) })];
  });
}

/**
 * The best hypothesis is judged, for that is what the scores are of, whether it was answered or left as a lead: a curve that
 * never saw the unsure could not tell where to stop. `unseen` names no category that a score could be of.
 */
function judge({ truth, said, best = said, ranks }: BacktestCase, target: CalibrationTarget): boolean | undefined {
  if (target !== 'category' && truth.service === null) return undefined;
  if (target !== 'service' && (truth.category === null || best.category === 'unseen')) return undefined;
  return ranks[target] === 1;
}

function toGradedCase({
  score,
  isRight,
  answer,
}: Pick<GradedCase, 'score' | 'isRight'> & { readonly answer?: string | undefined }): GradedCase {
  return { score, isRight, ...(answer === undefined ? {} : { answer }) };
}
