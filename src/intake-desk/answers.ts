import { tellAnswered, tellLost } from '../desk-records.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { Occurrence, ReusedAnswer } from '../domain/occurrence.ts';
import { maySee, type Principal } from '../domain/principal.ts';
import type { Casebook, Clock, DiagnosisRecord, IntakeStore } from '../ports.ts';

/** A diagnosis, and whose it is. */
export interface AnswerFound {
  readonly record: DiagnosisRecord;
  /** What was asked about, when that came in as alerts. */
  readonly occurrence?: Occurrence;
  /** The record was made for something else, too. */
  readonly reused?: ReusedAnswer;
}

/** Diagnoses by their id, or by that of what they answer. */
export interface Answers {
  /** Throws `not-found` for an id nobody was given, and for what `viewer` may not see. */
  getAnswer(id: string, viewer: Pick<Principal, 'namespace'>, signal?: AbortSignal): Promise<AnswerFound>;
}

export function createAnswers(parts: {
  readonly casebook: Pick<Casebook, 'findDiagnosis'>;
  readonly intake: Pick<IntakeStore, 'findOccurrence'>;
  readonly now: Clock;
}): Answers {
  const { casebook, intake } = parts;
  return {
    async getAnswer(id, viewer, signal) {
      const [own, occurrence] = await Promise.all([
        casebook.findDiagnosis(id, signal),
        intake.findOccurrence(id, signal),
      ]);
      if (own !== undefined && maySee(viewer, own.namespace)) {
        const record = tellLost(own, parts.now());
        return { record, ...(occurrence ? { occurrence: tellAnswered(occurrence, record) } : {}) };
      }
      if (own === undefined && occurrence !== undefined && maySee(viewer, occurrence.namespace)) {
        return followed(occurrence, casebook, signal);
      }
      throw new PrecedentError('not-found', `there is no diagnosis ${id}`);
    },
  };
}

async function followed(
  occurrence: Occurrence,
  casebook: Pick<Casebook, 'findDiagnosis'>,
  signal: AbortSignal | undefined,
): Promise<AnswerFound> {
  const { diagnosis, status } = occurrence;
  if (status === 'filtered') return { record: filtered(occurrence), occurrence };
  const found = diagnosis === undefined ? undefined : await casebook.findDiagnosis(diagnosis, signal);
  if (found === undefined && status === 'failed') return { record: unkept(occurrence), occurrence };
  if (found === undefined || found.status === 'pending') return { record: pending(occurrence), occurrence };
  const reused = found.status === 'done' ? reusedOf(occurrence, found.diagnosis.createdAt) : undefined;
  return { record: found, occurrence: tellAnswered(occurrence, found), ...(reused ? { reused } : {}) };
}

/** Waits in the queue, which nothing is lost from, however old it is. */
function pending({ id, receivedAt, namespace }: Occurrence): DiagnosisRecord {
  return { status: 'pending', id, createdAt: receivedAt, namespace };
}

/** The task is over and its record was refused. */
function unkept({ id, receivedAt, namespace }: Occurrence): DiagnosisRecord {
  const detail = 'the diagnosis failed, and the casebook refused to keep why: look into the log of that time';
  return { status: 'failed', id, createdAt: receivedAt, namespace, code: 'internal', detail };
}

/** An end, so that nobody waits for what is not to come. */
function filtered({ id, receivedAt, namespace, filteredBy = '' }: Occurrence): DiagnosisRecord {
  const detail = `the noise rule ${JSON.stringify(filteredBy)} filters these alerts: they are kept, and not diagnosed`;
  return { status: 'failed', id, createdAt: receivedAt, namespace, code: 'filtered', detail };
}

function reusedOf({ because, diagnosis, receivedAt }: Occurrence, diagnosedAt: string): ReusedAnswer | undefined {
  if (diagnosis === undefined || because === undefined || because === 'own') return undefined;
  const ageSeconds = Math.max(0, (Date.parse(receivedAt) - Date.parse(diagnosedAt)) / 1_000);
  return { because, diagnosis, diagnosedAt, ageSeconds, text: tellReuse(because, ageSeconds) };
}

export function tellReuse(because: ReusedAnswer['because'], ageSeconds: number): string {
  const what = because === 'identical' ? 'for the same situation' : 'for the outage that this is part of';
  return ageSeconds < 1 ? `answered ${what}` : `answered ${tellAge(ageSeconds)} before, ${what}`;
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** In the largest unit of which there are two at least, for people. */
function tellAge(seconds: number): string {
  const [unit, length] = UNITS.find(([, one]) => seconds >= 2 * one) ?? UNITS[3];
  const count = Math.floor(seconds / length);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
