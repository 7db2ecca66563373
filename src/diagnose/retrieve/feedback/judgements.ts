import type { Diagnosis, Hypothesis, Precedent } from '../../../domain/diagnosis.ts';
import { keyOf } from '../../../domain/document.ts';
import type { GradedDiagnosis, TrueCause, VerdictRecord } from '../../../domain/feedback.ts';
import { personOf } from '../../../domain/feedback.ts';

/** What one person's verdict says of one document: that it helped, or that it led astray. */
export interface Judgement {
  readonly document: string;
  readonly person: string;
  readonly isGain: boolean;
  readonly at: Date;
}

/**
 * What verdicts on a diagnosis say of the documents behind it. Behind it stand the precedents that its cause cites and
 * the documents whose steps it gave. A verdict of `corrected` speaks for the precedents that were shown and tell of
 * the true cause, and against the others that stood behind.
 */
export function listJudgements({ diagnosis, verdicts }: GradedDiagnosis): Judgement[] {
  const behind = listBehind(diagnosis);
  return verdicts.flatMap((record) => judge(record, behind, diagnosis));
}

function judge(record: VerdictRecord, behind: ReadonlySet<string>, { precedents }: Diagnosis): Judgement[] {
  const { verdict, trueCause } = record;
  const right =
    verdict === 'corrected'
      ? new Set(precedents.filter((shown) => tellsOf(shown, trueCause)).map(keyOfPrecedent))
      : new Set(verdict === 'confirmed' ? behind : []);
  const person = personOf(record.by);
  const at = new Date(record.at);
  return [...new Set([...behind, ...right])].map((document) => ({ document, person, isGain: right.has(document), at }));
}

function listBehind(diagnosis: Diagnosis): Set<string> {
  // An abstention stands on nothing: its leads were no answer, so a verdict on it blames none of them.
  if (diagnosis.kind === 'abstained') return new Set();
  const citations = [
    ...(diagnosedHypothesis(diagnosis)?.citations ?? []),
    ...diagnosis.mitigation.map(({ citation }) => citation),
  ];
  return new Set(citations.map(({ document }) => document));
}

function diagnosedHypothesis({ rootCause, hypotheses }: Diagnosis): Hypothesis | undefined {
  return hypotheses.find(({ service, category }) => service === rootCause.service && category === rootCause.category);
}

/** Whether it agrees with all that the true cause names. */
function tellsOf({ category, rootCause }: Precedent, { service, category: trueCategory }: TrueCause = {}): boolean {
  if (service === undefined && trueCategory === undefined) return false;
  return isSame(service, rootCause?.service) && isSame(trueCategory, category);
}

function isSame(named: string | undefined, own: string | null | undefined): boolean {
  return named === undefined || named.toLowerCase() === own?.toLowerCase();
}

function keyOfPrecedent({ id }: Precedent): string {
  return keyOf({ kind: 'incident', id });
}
