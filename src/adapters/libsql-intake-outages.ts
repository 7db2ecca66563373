import type { InStatement, Row } from '@libsql/client';
import { Sender } from '../domain/occurrence.ts';
import { JoinReason } from '../domain/outage.ts';
import type { Situation } from '../domain/situation.ts';
import type { OpenOutage } from '../domain/triage.ts';
import type { StoredMember, StoredOutage } from '../ports/intake.ts';

/** When the first and the last member of these outages arrived, and whether all of them are over. */
export function refreshOutages(ids: string, args: string[]): { readonly sql: string; readonly args: string[] } {
  return {
    sql: `UPDATE outages SET (opened_at, last_joined_at, resolved_at) = (
            SELECT min(m.received_at), max(m.received_at),
                   CASE WHEN count(*) = count(m.resolved_at) THEN max(m.resolved_at) END
            FROM occurrences AS m WHERE m.outage = outages.id)
          WHERE outages.id IN (${ids})`,
    args,
  };
}

/** What is told of an outage beyond its own row, worked out from its members. */
const OUTAGE = `
  g.*,
  (SELECT min(m.started_at) FROM occurrences AS m WHERE m.outage = g.id) AS started_at,
  (SELECT count(*) FROM occurrences AS m WHERE m.outage = g.id) AS member_count,
  (SELECT json_group_array(DISTINCT n.value) FROM occurrences AS m, json_each(m.situation, '$.alertNames') AS n
   WHERE m.outage = g.id) AS alert_names,
  (SELECT json_group_array(DISTINCT n.value) FROM occurrences AS m, json_each(m.services) AS n
   WHERE m.outage = g.id) AS services`;

const ALERT_COUNT = `
  (SELECT count(*) FROM occurrences AS m CROSS JOIN alerts AS a ON a.occurrence = m.id WHERE m.outage = g.id) AS alert_count`;

/** One that was never diagnosed is among them, however old, and over or not: somebody waits for its answer. */
export function listOpen(since: Date): InStatement {
  return {
    sql: `SELECT ${OUTAGE} FROM outages AS g
          WHERE g.number IN (
            SELECT number FROM outages WHERE resolved_at IS NULL AND last_joined_at >= ?
            UNION SELECT number FROM outages WHERE task IS NULL)
          ORDER BY g.number`,
    args: [since.toISOString()],
  };
}

export function findOutage(id: string): InStatement {
  return { sql: `SELECT ${OUTAGE}, ${ALERT_COUNT} FROM outages AS g WHERE g.id = ?`, args: [id] };
}

export function listOutages(namespace: string | undefined, limit: number): InStatement {
  const own = namespace === undefined ? '' : 'WHERE g.namespace = ?';
  return {
    sql: `SELECT ${OUTAGE}, ${ALERT_COUNT} FROM outages AS g ${own} ORDER BY g.opened_at DESC, g.number DESC LIMIT ?`,
    args: [...(namespace === undefined ? [] : [namespace]), limit],
  };
}

export function listMembers(outage: string, limit: number): InStatement {
  return {
    sql: `SELECT id, sender, situation, services, started_at, resolved_at, joined_because, joined_reason
          FROM occurrences WHERE outage = ? ORDER BY joined_at, joined_order LIMIT ?`,
    args: [outage, limit],
  };
}

export function toOpenOutage(row: Row): OpenOutage {
  const { last_diagnosed_at: lastDiagnosedAt, resolved_at: resolvedAt } = row;
  return {
    id: String(row['id']),
    namespace: String(row['namespace']),
    openedAt: String(row['opened_at']),
    lastJoinedAt: String(row['last_joined_at']),
    ...(row['storm'] === 1 ? { storm: true } : {}),
    ...(typeof resolvedAt === 'string' ? { resolvedAt } : {}),
    alertNames: parseNames(row['alert_names']),
    services: parseNames(row['services']),
    startedAt: String(row['started_at']),
    memberCount: Number(row['member_count']),
    diagnosedCount: Number(row['diagnosed_count']),
    ...(typeof lastDiagnosedAt === 'string' ? { lastDiagnosedAt } : {}),
  };
}

export function toStoredOutage(row: Row): StoredOutage {
  const { diagnosis } = row;
  return {
    ...toOpenOutage(row),
    alertCount: Number(row['alert_count']),
    ...(typeof diagnosis === 'string' ? { diagnosis } : {}),
  };
}

export function toMember(row: Row): StoredMember {
  const { resolved_at: resolvedAt } = row;
  // Written by accept, from a Situation.
  const { alertNames, labels, labelSets = [] } = JSON.parse(String(row['situation'])) as Situation;
  return {
    occurrence: String(row['id']),
    sender: Sender.parse(row['sender']),
    alertNames: [...alertNames],
    services: parseNames(row['services']),
    startedAt: String(row['started_at']),
    ...(typeof resolvedAt === 'string' ? { resolvedAt } : {}),
    because: JoinReason.parse(row['joined_because']),
    reason: String(row['joined_reason']),
    labelSets: [labels, ...labelSets],
  };
}

function parseNames(json: unknown): string[] {
  // An array of texts that this store wrote.
  return JSON.parse(String(json)) as string[];
}
