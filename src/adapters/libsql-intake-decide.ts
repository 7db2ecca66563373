import type { InStatement } from '@libsql/client';
import { storable } from '../domain/kept-alert.ts';
import type { TriageDecision, TriageOutcome } from '../domain/triage.ts';
import type { TaskOutcome } from '../ports/intake.ts';
import { refreshOutages } from './libsql-intake-outages.ts';

type Decision<Kind extends TriageDecision['kind']> = Extract<TriageDecision, { readonly kind: Kind }>;

/** One transaction. What is decided stays, but that whoever is alone may yet join an outage. */
export function decide(outcome: TriageOutcome, at: Date, newId: () => string): InStatement[] {
  const { decisions, rediagnose } = outcome;
  const of = <Kind extends TriageDecision['kind']>(kind: Kind) =>
    decisions.filter((decision): decision is Decision<Kind> => decision.kind === kind);
  const [own, reused, joining] = [of('diagnose'), of('reuse'), of('join')];
  const outages = [...new Set(joining.map(({ outage }) => outage))];
  return [
    ...(own.length === 0
      ? []
      : diagnose(
          own.map(({ occurrence }) => occurrence),
          at,
        )),
    ...(reused.length === 0 ? [] : [reuse(reused)]),
    ...(joining.length === 0 ? [] : [join(joining, at), openOutages(outages)]),
    ...rediagnose.flatMap((outage) => beginOutageTask(outage, newId(), at)),
    ...(outages.length === 0 ? [] : [refreshOutages(LISTED, [JSON.stringify(outages)])]),
    ...(outages.length === 0 ? [] : settleMembers(LISTED, JSON.stringify(outages))),
  ];
}

const LISTED = 'SELECT value FROM json_each(?)';

function diagnose(occurrences: readonly string[], at: Date): InStatement[] {
  const ids = JSON.stringify(occurrences);
  return [
    {
      sql: `UPDATE occurrences SET status = 'waiting', because = 'own', diagnosis = id
            WHERE id IN (${LISTED}) AND status = 'queued'`,
      args: [ids],
    },
    {
      sql: `INSERT INTO diagnosis_tasks (id, namespace, subject_kind, subject, situation_key, created_at)
            SELECT o.id, o.namespace, 'occurrence', o.id, o.situation_key, ?
            FROM json_each(?) AS k CROSS JOIN occurrences AS o ON o.id = k.value
            WHERE o.status = 'waiting' AND o.because = 'own' ORDER BY k.key
            ON CONFLICT (id) DO NOTHING`,
      args: [at.toISOString(), ids],
    },
  ];
}

/** A diagnosis that failed meanwhile answers nobody: then it is decided anew. */
function reuse(decisions: readonly Decision<'reuse'>[]): InStatement {
  return {
    sql: `UPDATE occurrences SET because = 'identical', diagnosis = n.value ->> 1, status = CASE WHEN EXISTS
            (SELECT 1 FROM diagnosis_tasks WHERE id = n.value ->> 1 AND state = 'ready')
            THEN 'waiting' ELSE 'answered' END
          FROM json_each(?) AS n
          WHERE occurrences.id = n.value ->> 0 AND occurrences.status = 'queued' AND NOT EXISTS
            (SELECT 1 FROM diagnosis_tasks WHERE id = n.value ->> 1 AND state = 'failed')`,
    args: [JSON.stringify(decisions.map(({ occurrence, diagnosis }) => [occurrence, diagnosis]))],
  };
}

function join(decisions: readonly Decision<'join'>[], at: Date): InStatement {
  const rows = decisions.map(({ occurrence, outage, services, because, reason }) => [
    occurrence,
    outage,
    JSON.stringify(services.map(storable)),
    because,
    storable(reason),
  ]);
  return {
    sql: `UPDATE occurrences SET outage = n.value ->> 1, services = n.value ->> 2, joined_because = n.value ->> 3,
            joined_reason = n.value ->> 4, joined_at = ?, joined_order = n.key,
            because = CASE status WHEN 'queued' THEN 'outage' ELSE because END,
            status = CASE status WHEN 'queued' THEN 'waiting' ELSE status END
          FROM json_each(?) AS n
          WHERE occurrences.id = n.value ->> 0 AND occurrences.outage IS NULL AND occurrences.status <> 'filtered'`,
    args: [at.toISOString(), JSON.stringify(rows)],
  };
}

/** Those that have a member now, by their first. */
function openOutages(outages: readonly string[]): InStatement {
  return {
    sql: `INSERT INTO outages (id, namespace, storm, opened_at, last_joined_at)
          SELECT m.outage, m.namespace, m.joined_because = 'storm', m.received_at, m.received_at
          FROM json_each(?) AS k CROSS JOIN occurrences AS m ON m.number =
            (SELECT f.number FROM occurrences AS f WHERE f.outage = k.value ORDER BY f.joined_at, f.joined_order LIMIT 1)
          WHERE true ORDER BY k.key
          ON CONFLICT (id) DO NOTHING`,
    args: [JSON.stringify(outages)],
  };
}

/** One that nobody began yet reads all members when it is begun: then there is no second. */
function beginOutageTask(outage: string, id: string, at: Date): InStatement[] {
  return [
    {
      sql: `INSERT INTO diagnosis_tasks (id, namespace, subject_kind, subject, created_at)
            SELECT ?, namespace, 'outage', id, ? FROM outages WHERE id = ? AND NOT EXISTS
              (SELECT 1 FROM diagnosis_tasks WHERE subject = ? AND state = 'ready' AND owner IS NULL)`,
      args: [id, at.toISOString(), outage, outage],
    },
    {
      sql: `UPDATE outages SET task = coalesce((SELECT id FROM diagnosis_tasks WHERE id = ?), task), last_diagnosed_at = ?,
              diagnosed_count = (SELECT count(*) FROM occurrences WHERE outage = outages.id)
            WHERE id = ?`,
      args: [id, at.toISOString(), outage],
    },
  ];
}

/** Members have the newest answer there is; none where the only diagnoses failed, and nobody is at another. */
function settleMembers(outages: string, arg: string): InStatement[] {
  const ofOutage = 'SELECT 1 FROM diagnosis_tasks WHERE subject = occurrences.outage';
  return [
    {
      sql: `UPDATE occurrences SET status = 'answered', because = 'outage'
            WHERE outage IN (SELECT id FROM outages WHERE diagnosis IS NOT NULL AND id IN (${outages}))
              AND (status <> 'answered' OR because <> 'outage')`,
      args: [arg],
    },
    {
      sql: `UPDATE occurrences SET status = 'failed'
            WHERE outage IN (${outages}) AND because = 'outage' AND status = 'waiting'
              AND EXISTS (${ofOutage}) AND NOT EXISTS (${ofOutage} AND state <> 'failed')`,
      args: [arg],
    },
  ];
}

/** One transaction; each statement finds nothing to do where the task was over before. */
export function finish(task: string, outcome: TaskOutcome, at: Date): InStatement[] {
  return [
    {
      sql: `UPDATE diagnosis_tasks SET state = ?, finished_at = ?, owner = NULL, lease_until = NULL
            WHERE id = ? AND state = 'ready'`,
      args: [outcome === 'answered' ? 'done' : 'failed', at.toISOString(), task],
    },
    {
      sql: `UPDATE occurrences SET status = CASE t.state WHEN 'done' THEN 'answered' ELSE 'failed' END
            FROM diagnosis_tasks AS t
            WHERE t.id = ? AND occurrences.diagnosis = t.id AND occurrences.status = 'waiting'
              AND occurrences.because <> 'outage'`,
      args: [task],
    },
    {
      sql: `UPDATE outages SET diagnosis = t.id, diagnosis_number = t.number FROM diagnosis_tasks AS t
            WHERE t.id = ? AND t.subject_kind = 'outage' AND outages.id = t.subject AND t.state = 'done'
              AND coalesce(outages.diagnosis_number, 0) < t.number`,
      args: [task],
    },
    ...settleMembers(`SELECT subject FROM diagnosis_tasks WHERE subject_kind = 'outage' AND id = ?`, task),
  ];
}
