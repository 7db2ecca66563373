import type { InStatement, Row } from '@libsql/client';
import type { DiagnosisTask } from '../domain/triage.ts';
import type { QueueState } from '../ports/intake.ts';

/** One statement finds and takes them, so no other worker gets the same. */
export function claim(worker: string, limit: number, now: Date, until: Date): InStatement {
  const moment = now.toISOString();
  return {
    sql: `UPDATE diagnosis_tasks
          SET lost = lost + (owner IS NOT NULL), owner = ?, lease_until = ?, attempts = attempts + 1
          WHERE number IN (
            SELECT number FROM diagnosis_tasks
            WHERE state = 'ready' AND (not_before IS NULL OR not_before <= ?) AND (owner IS NULL OR lease_until <= ?)
            ORDER BY number LIMIT ?)
          RETURNING number, id, namespace, subject_kind, subject, attempts, lost, created_at`,
    args: [worker, until.toISOString(), moment, moment, limit],
  };
}

/** What a statement returns has no order of its own. */
export function toTasks(rows: readonly Row[]): DiagnosisTask[] {
  return rows.toSorted((a, b) => Number(a['number']) - Number(b['number'])).map(toTask);
}

function toTask(row: Row): DiagnosisTask {
  const lost = Number(row['lost']);
  return {
    id: String(row['id']),
    namespace: String(row['namespace']),
    subject: { kind: row['subject_kind'] === 'outage' ? 'outage' : 'occurrence', id: String(row['subject']) },
    attempts: Number(row['attempts']),
    ...(lost === 0 ? {} : { lost }),
    createdAt: String(row['created_at']),
  };
}

const HELD = `id = ? AND owner = ? AND state = 'ready'`;

export function renew(worker: string, task: string, until: Date): InStatement {
  return {
    sql: `UPDATE diagnosis_tasks SET lease_until = ? WHERE ${HELD}`,
    args: [until.toISOString(), task, worker],
  };
}

export function postpone(worker: string, task: string, notBefore: Date): InStatement {
  return {
    sql: `UPDATE diagnosis_tasks SET owner = NULL, lease_until = NULL, not_before = ? WHERE ${HELD}`,
    args: [notBefore.toISOString(), task, worker],
  };
}

export function takeTurn(name: string, owner: string, now: Date, until: Date): InStatement {
  return {
    sql: `INSERT INTO turns (name, owner, held_until) VALUES (?, ?, ?)
          ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, held_until = excluded.held_until
          WHERE turns.owner = excluded.owner OR turns.held_until <= ?`,
    args: [name, owner, until.toISOString(), now.toISOString()],
  };
}

export function giveBackTurn(name: string, owner: string): InStatement {
  return { sql: 'DELETE FROM turns WHERE name = ? AND owner = ?', args: [name, owner] };
}

/** The plus keeps the database from walking through all tasks that ever were, the oldest first, until one is ready. */
export const countQueue = `
  SELECT
    (SELECT count(*) FROM occurrences WHERE status = 'queued') AS undecided,
    (SELECT min(received_at) FROM occurrences WHERE status = 'queued') AS oldest_undecided,
    (SELECT count(*) FROM diagnosis_tasks WHERE state = 'ready' AND owner IS NULL) AS ready,
    (SELECT count(*) FROM diagnosis_tasks WHERE state = 'ready' AND owner IS NOT NULL) AS working,
    (SELECT min(+created_at) FROM diagnosis_tasks WHERE state = 'ready') AS oldest_task`;

export function toQueueState(row: Row | undefined): QueueState {
  const times = [row?.['oldest_undecided'], row?.['oldest_task']].filter((time) => typeof time === 'string');
  const oldest = times.toSorted()[0];
  const [undecided, ready, working] = [row?.['undecided'], row?.['ready'], row?.['working']].map((count) =>
    Number(count ?? 0),
  );
  return {
    undecided: undecided ?? 0,
    ready: ready ?? 0,
    working: working ?? 0,
    ...(oldest === undefined ? {} : { oldest }),
  };
}

export function countDiagnoses(since: Date): InStatement {
  return {
    sql: 'SELECT namespace, count(*) AS diagnoses FROM diagnosis_tasks WHERE created_at >= ? GROUP BY namespace',
    args: [since.toISOString()],
  };
}
