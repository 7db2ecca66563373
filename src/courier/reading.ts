import type { FoundAnswer } from '../answer-watch/answer-watch.ts';
import type { Told } from '../deliver/callback.ts';
import { tellAnswered } from '../desk-records.ts';
import type { Delivery } from '../domain/delivery.ts';
import { buildDiagnosisAnswer } from '../domain/diagnosis-answer.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { Outage } from '../domain/outage.ts';
import { LOCAL_OPERATOR, type Principal } from '../domain/principal.ts';
import type { IntakeStore } from '../ports.ts';

/** Of the occurrences that a diagnosis answers, as many as a message names. */
const MAX_OCCURRENCES = 20;

export interface CourierReading {
  readonly getAnswer: (id: string, viewer: Principal) => Promise<FoundAnswer>;
  readonly getOutage: (id: string, viewer: Principal) => Promise<Outage>;
  readonly intake: Pick<IntakeStore, 'listAnsweredBy'>;
}

/** What a message tells, read when it is sent: a message that waited for hours tells what is known by then. */
export function createCourierReader({ getAnswer, getOutage, intake }: CourierReading) {
  return async (delivery: Pick<Delivery, 'event' | 'subject'>): Promise<Told> => {
    const { event, subject } = delivery;
    if (event === 'outage.opened') return { kind: 'outage', outage: await getOutage(subject, LOCAL_OPERATOR) };
    const found = await getAnswer(subject, LOCAL_OPERATOR);
    if (event === 'occurrence.resolved') return tellOccurrence(subject, found);
    const { record } = found;
    if (record.status === 'pending')
      throw new PrecedentError('diagnosis-not-done', `the diagnosis ${subject} is not done yet`);
    const answered = found.reused ? [] : await intake.listAnsweredBy(record.id, MAX_OCCURRENCES);
    const occurrences = answered.map((occurrence) => tellAnswered(occurrence, record));
    if (record.status === 'failed') {
      return { kind: 'failure', code: record.code, detail: record.detail, occurrences };
    }
    return { kind: 'answer', answer: buildDiagnosisAnswer(record.diagnosis, found), occurrences };
  };
}

function tellOccurrence(subject: string, { occurrence }: FoundAnswer): Told {
  if (!occurrence) throw new PrecedentError('not-found', `there is no occurrence ${subject}`);
  return { kind: 'occurrence', occurrence };
}
