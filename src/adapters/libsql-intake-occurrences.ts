import type { InStatement, Row } from '@libsql/client';
import type { Alert } from '../domain/alert.ts';
import { AnswerSource, type Occurrence, OccurrenceStatus, Sender } from '../domain/occurrence.ts';
import type { Situation } from '../domain/situation.ts';
import type { DiagnosisTask, LoneOccurrence, QueuedOccurrence } from '../domain/triage.ts';

/** Of an outage's member it is the outage's newest that is done, until there is one the newest that was begun. */
export const DIAGNOSIS = `CASE o.because WHEN 'outage' THEN coalesce(g.diagnosis, g.task) ELSE o.diagnosis END`;

const OCCURRENCE = `
  o.*, ${DIAGNOSIS} AS answer, (SELECT count(*) FROM alerts AS a WHERE a.occurrence = o.id) AS alerts
  FROM occurrences AS o LEFT JOIN outages AS g ON g.id = o.outage`;

export function findOccurrence(id: string): InStatement {
  return { sql: `SELECT ${OCCURRENCE} WHERE o.id = ?`, args: [id] };
}

/** Its own and those of the same situation by one index, an outage's members by others. */
export function listAnsweredBy(diagnosis: string, limit: number): InStatement {
  return {
    sql: `SELECT ${OCCURRENCE} WHERE answer = ? AND o.number IN (
            SELECT number FROM occurrences WHERE diagnosis = ?
            UNION SELECT m.number FROM outages AS h CROSS JOIN occurrences AS m ON m.outage = h.id WHERE h.diagnosis = ?
            UNION SELECT m.number FROM outages AS h CROSS JOIN occurrences AS m ON m.outage = h.id WHERE h.task = ?)
          ORDER BY o.number LIMIT ?`,
    args: [diagnosis, diagnosis, diagnosis, diagnosis, limit],
  };
}

export function toOccurrence(row: Row): Occurrence {
  const { resolved_at: resolvedAt, outage, answer, filtered_by: filteredBy } = row;
  const [startedAt, firing] = [String(row['started_at']), Number(row['firing'])];
  return {
    id: String(row['id']),
    namespace: String(row['namespace']),
    sender: Sender.parse(row['sender']),
    groupKey: String(row['group_key']),
    status: OccurrenceStatus.parse(row['status']),
    receivedAt: String(row['received_at']),
    startedAt,
    ...(typeof resolvedAt === 'string' ? { resolvedAt, durationSeconds: secondsBetween(startedAt, resolvedAt) } : {}),
    alerts: { firing, resolved: Number(row['alerts']) - firing },
    ...(typeof outage === 'string' ? { outage } : {}),
    ...(typeof answer === 'string' ? { diagnosis: answer } : {}),
    ...(row['because'] === null ? {} : { because: AnswerSource.parse(row['because']) }),
    ...(typeof filteredBy === 'string' ? { filteredBy } : {}),
  };
}

/** Clocks disagree: what ended before it began took no time. */
function secondsBetween(start: string, end: string): number {
  return Math.max(0, (Date.parse(end) - Date.parse(start)) / 1_000);
}

export function listUndecided(limit: number): InStatement {
  return { sql: `SELECT * FROM occurrences WHERE status = 'queued' ORDER BY number LIMIT ?`, args: [limit] };
}

export function listRecentLone(since: Date, limit: number): InStatement {
  return {
    sql: `SELECT * FROM (
            SELECT *, row_number() OVER (PARTITION BY namespace ORDER BY received_at DESC, number DESC) AS place
            FROM occurrences WHERE outage IS NULL AND received_at >= ? AND diagnosis IS NOT NULL)
          WHERE place <= ? ORDER BY received_at DESC, number DESC`,
    args: [since.toISOString(), limit],
  };
}

export function toQueued(row: Row): QueuedOccurrence {
  // Written by accept, from a Situation.
  const situation = JSON.parse(String(row['situation'])) as Situation;
  return {
    id: String(row['id']),
    namespace: String(row['namespace']),
    sender: Sender.parse(row['sender']),
    groupKey: String(row['group_key']),
    receivedAt: String(row['received_at']),
    startedAt: String(row['started_at']),
    ...situation,
  };
}

export function toLone(row: Row): LoneOccurrence {
  return { ...toQueued(row), diagnosis: String(row['diagnosis']), pending: row['status'] === 'waiting' };
}

export function listAlerts({ kind, id }: DiagnosisTask['subject'], limit: number): InStatement {
  const which =
    kind === 'occurrence'
      ? 'alerts AS a WHERE a.occurrence = ?'
      : 'occurrences AS o CROSS JOIN alerts AS a ON a.occurrence = o.id WHERE o.outage = ?';
  return {
    sql: `SELECT a.record, a.ends_at FROM ${which} ORDER BY a.starts_at, a.number LIMIT ?`,
    args: [id, limit],
  };
}

/** As it was told, with what became of it. */
export function toAlert(row: Row): Alert {
  const { ends_at: endsAt } = row;
  // Written by accept, from an alert.
  const alert = JSON.parse(String(row['record'])) as Alert;
  return typeof endsAt === 'string' ? { ...alert, status: 'resolved', endsAt } : alert;
}
