import type { Calibration, CalibrationTarget } from '../../src/domain/calibration.ts';
import type { Diagnosis, Hypothesis } from '../../src/domain/diagnosis.ts';
import type { DigestCase } from '../digest-cases.ts';

/** One digest, what was said of it, and the calibration that was in use. */
export interface AnsweredDigest {
  readonly row: Pick<DigestCase, 'root_cause_service' | 'fault_type'>;
  readonly diagnosis: Pick<Diagnosis, 'kind' | 'hypotheses' | 'precedents' | 'confidence'>;
  readonly calibration: Pick<Calibration, 'targets'>;
}

/** How sure an answer is of one target, 0..1, as each way of saying so has it; undefined where it says nothing. */
export const WAYS = {
  calibrated: ({ diagnosis: { confidence } }: AnsweredDigest, target: CalibrationTarget) =>
    ({ service: confidence.service, category: confidence.category, both: confidence.calibrated })[target] ?? undefined,
  'raw score': ({ diagnosis }: AnsweredDigest, target: CalibrationTarget) => diagnosis.confidence.scores?.[target],
  'vote share': shareOfVotes,
  'base rate': ({ calibration }: AnsweredDigest, target: CalibrationTarget) =>
    calibration.targets[target]?.quality.baseRate,
} as const;

export type Way = keyof typeof WAYS;

/** How the precedents that are shown would vote, each with its score. */
function shareOfVotes({ diagnosis }: AnsweredDigest, target: CalibrationTarget): number | undefined {
  const [best] = diagnosis.hypotheses;
  if (!best) return undefined;
  const total = sum(diagnosis.precedents);
  const same = diagnosis.precedents.filter(({ category, rootCause }) => {
    const isOf = { service: rootCause?.service === best.service, category: category === best.category };
    return target === 'both' ? isOf.service && isOf.category : isOf[target];
  });
  return total === 0 ? undefined : Math.min(1, sum(same) / total);
}

function sum(precedents: readonly { readonly score: number }[]): number {
  return precedents.reduce((total, { score }) => total + score, 0);
}

type Right = Readonly<Record<CalibrationTarget, boolean>>;

/** Whether the best hypothesis, which is what every confidence is of, names what it was; told as a lead or not. */
export function judgeAnswer({ row, diagnosis: { hypotheses } }: AnsweredDigest): Right {
  return judge(hypotheses[0], row);
}

/** The same of the best hypothesis that names a known category: what calling something `unseen` costs where it is not. */
export function judgeKnown({ row, diagnosis: { hypotheses } }: AnsweredDigest): Right {
  return judge(
    hypotheses.find(({ category }) => category !== 'unseen'),
    row,
  );
}

export function isCalledUnseen({ diagnosis: { hypotheses } }: AnsweredDigest): boolean {
  return hypotheses[0]?.category === 'unseen';
}

function judge(named: Hypothesis | undefined, row: AnsweredDigest['row']): Right {
  const service = named?.service === row.root_cause_service;
  const category = named?.category === row.fault_type;
  return { service, category, both: service && category };
}
