import { z } from 'zod';
import type { Diagnosis } from './diagnosis.ts';

/** What a person said of a diagnosis once the incident was over. */
export const Verdict = z.enum(['confirmed', 'rejected', 'corrected']);
export type Verdict = z.infer<typeof Verdict>;

/** A name: of a service, a category or a person. Far longer than any of them is. */
const Name = z.string().trim().min(1).max(200);

/** What it really was, as far as whoever says so knows. */
export const TrueCause = z.object({
  service: Name.optional(),
  category: Name.optional(),
  summary: z.string().trim().min(1).max(2_000).optional(),
});
export type TrueCause = Readonly<z.infer<typeof TrueCause>>;

export const VerdictRequest = z
  .object({
    verdict: Verdict,
    /** With `corrected`, and only then: the service, the category or both. */
    trueCause: TrueCause.optional(),
    /** Who says so. Each person counts once per diagnosis. */
    by: Name,
  })
  .refine(({ verdict, trueCause }) => verdict !== 'corrected' || namesSomething(trueCause), {
    error: 'corrected needs the true cause: its service, its category or both',
    path: ['trueCause'],
  })
  .refine(({ verdict, trueCause }) => verdict === 'corrected' || trueCause === undefined, {
    error: 'a true cause goes with the verdict corrected, and with no other',
    path: ['trueCause'],
  });
export type VerdictRequest = Readonly<z.infer<typeof VerdictRequest>>;

/** A summary alone names nothing that precedents could be compared with. */
function namesSomething({ service, category }: TrueCause = {}): boolean {
  return service !== undefined || category !== undefined;
}

/** One verdict as the casebook keeps it, also after it stopped counting. */
export const VerdictRecord = z.object({
  diagnosisId: z.string(),
  by: z.string(),
  verdict: Verdict,
  trueCause: TrueCause.optional(),
  at: z.iso.datetime(),
  /** Since when and why it counts no more; absent while it counts. */
  ended: z.object({ at: z.iso.datetime(), how: z.enum(['superseded', 'withdrawn']) }).optional(),
});
export type VerdictRecord = Readonly<z.infer<typeof VerdictRecord>>;

/** Of each list, as many as an answer holds: the newest. Who counts is counted whole, in `tally`. */
export const MAX_LISTED_VERDICTS = 100;

/** What was said of one diagnosis. */
export const DiagnosisVerdicts = z.object({
  diagnosisId: z.string(),
  /** Those that count, at most one of each person, in the order they were given: the newest 100. */
  verdicts: z.array(VerdictRecord),
  tally: z.object({ confirmed: z.int(), rejected: z.int(), corrected: z.int() }),
  /** Those that were replaced or withdrawn, in the order they were given: the newest 100. */
  earlier: z.array(VerdictRecord),
  /** How many were replaced or withdrawn. */
  earlierCount: z.int().min(0),
});
export type DiagnosisVerdicts = Readonly<z.infer<typeof DiagnosisVerdicts>>;

/** A diagnosis with the verdicts on it that count: at least one. */
export interface GradedDiagnosis {
  readonly diagnosis: Diagnosis;
  readonly verdicts: readonly VerdictRecord[];
}

/** The same for every spelling of one person's name, so that capitals and spaces make nobody two people. */
export function personOf(by: string): string {
  return by.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** `records` are every verdict on the diagnosis, in the order they were given. */
export function buildDiagnosisVerdicts(diagnosisId: string, records: readonly VerdictRecord[]): DiagnosisVerdicts {
  const verdicts = records.filter(({ ended }) => ended === undefined);
  const count = (kind: Verdict) => verdicts.filter(({ verdict }) => verdict === kind).length;
  const earlier = records.filter(({ ended }) => ended !== undefined);
  return {
    diagnosisId,
    verdicts: verdicts.slice(-MAX_LISTED_VERDICTS),
    tally: { confirmed: count('confirmed'), rejected: count('rejected'), corrected: count('corrected') },
    earlier: earlier.slice(-MAX_LISTED_VERDICTS),
    earlierCount: earlier.length,
  };
}
