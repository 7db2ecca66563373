import { nameAnswer } from '../diagnose/confidence/calibration/record.ts';
import { CALIBRATION_TARGETS, type CalibrationTarget, type GradedCase } from '../domain/calibration.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { EngineName } from '../domain/engine.ts';
import type { GradedDiagnosis, VerdictRecord } from '../domain/feedback.ts';

/** A graded case that people made, and the diagnosis they made it of. */
export interface VerdictCase extends GradedCase {
  readonly diagnosis: string;
  readonly createdAt: string;
}

export interface GradedVerdicts {
  readonly targets: Readonly<Record<CalibrationTarget, readonly VerdictCase[]>>;
  /** Diagnoses that gave a case for at least one target. */
  readonly diagnoses: number;
}

/** What one person's verdict says of each thing that a diagnosis names; undefined where it says nothing. */
type Grades = Readonly<Record<CalibrationTarget, boolean | undefined>>;

/**
 * What people said of diagnoses of one engine, as cases to calibrate on. Only scores of the same recipe teach anything,
 * and an abstention names nothing that could be right.
 */
export function gradeVerdicts(
  graded: Iterable<GradedDiagnosis>,
  { engine, recipe }: { readonly engine: EngineName; readonly recipe: string },
): GradedVerdicts {
  const targets: Record<CalibrationTarget, VerdictCase[]> = { service: [], category: [], both: [] };
  const taught = new Set<string>();
  for (const { diagnosis, verdicts } of graded) {
    const { id, kind, confidence, createdAt } = diagnosis;
    const { scores } = confidence;
    if (kind !== 'answered' || diagnosis.engine !== engine || confidence.recipe !== recipe || !scores) continue;
    if (taught.has(id)) continue;
    const grades = verdicts.map((verdict) => gradeVerdict(verdict, diagnosis));
    for (const target of CALIBRATION_TARGETS) {
      const isRight = majorityOf(grades.map((grade) => grade[target]));
      // `unseen` names no category that a score could be of.
      const isNamed = target === 'service' || diagnosis.rootCause.category !== 'unseen';
      if (isRight === undefined || !isNamed) continue;
      const answer = nameAnswer(diagnosis.rootCause);
      const said = answer === undefined ? {} : { answer };
      targets[target].push({ score: scores[target], isRight, ...said, diagnosis: id, createdAt });
      taught.add(id);
    }
  }
  return { targets, diagnoses: taught.size };
}

function gradeVerdict({ verdict, trueCause }: VerdictRecord, { rootCause }: Diagnosis): Grades {
  if (verdict === 'confirmed') {
    // Who names no service is right about the category alone.
    const service = rootCause.service === null ? undefined : true;
    return { service, category: true, both: service };
  }
  // Something is wrong with it, and nobody said what.
  if (verdict === 'rejected') return { service: undefined, category: undefined, both: false };
  const service = isSame(trueCause?.service, rootCause.service);
  const category = isSame(trueCause?.category, rootCause.category);
  return { service, category, both: bothOf(service, category) };
}

/** Undefined when the true one was not named. */
function isSame(truth: string | undefined, said: string | null): boolean | undefined {
  return truth === undefined ? undefined : toName(truth) === (said === null ? undefined : toName(said));
}

/** `Disk Full` and `disk-full` are one category, as they are in postmortems. */
function toName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

/** One wrong part makes the whole wrong; one right part alone says nothing of the other. */
function bothOf(service: boolean | undefined, category: boolean | undefined): boolean | undefined {
  if (service === false || category === false) return false;
  return service === true && category === true ? true : undefined;
}

/** Of those who say anything; undefined when as many say the one as the other. */
function majorityOf(grades: readonly (boolean | undefined)[]): boolean | undefined {
  const right = grades.filter((grade) => grade === true).length;
  const wrong = grades.filter((grade) => grade === false).length;
  return right === wrong ? undefined : right > wrong;
}
