import type { Occurrence } from './domain/occurrence.ts';
import type { DiagnosisRecord } from './ports.ts';

/** A pending diagnosis older than this belonged to a process that is gone. */
const LOST_AFTER_MS = 15 * 60_000;

/**
 * The record as it is told: one that has been pending for so long that nobody can be at work on it any more has failed.
 * Not for what waits in the queue of the intake, which is never lost.
 */
export function tellLost(record: DiagnosisRecord, now: Date): DiagnosisRecord {
  const age = now.getTime() - Date.parse(record.createdAt);
  if (record.status !== 'pending' || age < LOST_AFTER_MS) return record;
  const detail = 'the process that worked on this diagnosis stopped before it was done: ask again';
  return { ...record, status: 'failed', code: 'interrupted', detail };
}

/** The occurrence as it is told beside its diagnosis, which answers it as soon as it is in the casebook. */
export function tellAnswered(occurrence: Occurrence, { id, status }: DiagnosisRecord): Occurrence {
  if (occurrence.status !== 'waiting' || occurrence.diagnosis !== id || status === 'pending') return occurrence;
  return { ...occurrence, status: status === 'done' ? 'answered' : 'failed' };
}
