import type { Share } from '../../src/domain/backtest.ts';
import { CALIBRATION_TARGETS, type CalibrationTarget } from '../../src/domain/calibration.ts';
import { Decision } from '../../src/domain/confidence.ts';
import { type AnsweredDigest, judgeAnswer, WAYS, type Way } from './answers.ts';
import { type JudgedChances, judgeStated } from './judge-chances.ts';
import { countShare } from './share.ts';

export interface JudgedWay {
  readonly target: CalibrationTarget;
  readonly way: Way;
  /** Null where it said nothing of any case. */
  readonly judged: JudgedChances | null;
}

/** What came of what might be done with an answer. */
export interface DecisionRow {
  readonly decision: Decision;
  readonly share: Share;
  /** Of these, how often the best hypothesis was right. */
  readonly right: Readonly<Record<CalibrationTarget, Share>>;
}

export async function judgeWays(answers: readonly AnsweredDigest[]): Promise<JudgedWay[]> {
  const rows: JudgedWay[] = [];
  for (const target of CALIBRATION_TARGETS) {
    // The keys of an object literal are its type's.
    for (const way of Object.keys(WAYS) as Way[]) {
      const cases = answers.flatMap((one) => {
        const score = WAYS[way](one, target);
        return score === undefined ? [] : [{ score, isRight: judgeAnswer(one)[target] }];
      });
      rows.push({ target, way, judged: await judgeStated(cases) });
    }
  }
  return rows;
}

export function countRight(
  answers: readonly AnsweredDigest[],
  judge: typeof judgeAnswer = judgeAnswer,
): Readonly<Record<CalibrationTarget, Share>> {
  const judged = answers.map(judge);
  return {
    service: countShare(judged.map(({ service }) => service)),
    category: countShare(judged.map(({ category }) => category)),
    both: countShare(judged.map(({ both }) => both)),
  };
}

export function countDecisions(answers: readonly AnsweredDigest[]): DecisionRow[] {
  return Decision.options.map((decision) => {
    const isSo = ({ diagnosis }: AnsweredDigest) => diagnosis.confidence.decision === decision;
    return { decision, share: countShare(answers.map(isSo)), right: countRight(answers.filter(isSo)) };
  });
}
