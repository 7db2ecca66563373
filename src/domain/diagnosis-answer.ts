import { z } from 'zod';
import { Diagnosis } from './diagnosis.ts';
import { Occurrence, ReusedAnswer } from './occurrence.ts';

/** A diagnosis as whoever asked for it gets it: with the alerts that it answers, and whose answer it is. */
export const DiagnosisAnswer = z.object({
  ...Diagnosis.shape,
  /** What was asked about; absent where no sender told of it. */
  occurrence: Occurrence.optional(),
  /** Absent where the diagnosis was made for just this. */
  reused: ReusedAnswer.optional(),
});
export type DiagnosisAnswer = Readonly<z.infer<typeof DiagnosisAnswer>>;

export function buildDiagnosisAnswer(
  diagnosis: Diagnosis,
  { occurrence, reused }: Pick<DiagnosisAnswer, 'occurrence' | 'reused'>,
): DiagnosisAnswer {
  return { ...diagnosis, ...(occurrence ? { occurrence } : {}), ...(reused ? { reused } : {}) };
}
