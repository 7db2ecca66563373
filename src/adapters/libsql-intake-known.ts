import type { InStatement, Row } from '@libsql/client';
import { type IncomingGroup, identify } from '../domain/acceptance.ts';
import {
  type AlertIdentity,
  alertKey,
  fingerprintKey,
  groupIdentity,
  type Known,
  type OccurrenceState,
  type Sibling,
  storable,
} from '../domain/kept-alert.ts';
import { type ReceivedAlert, Sender } from '../domain/occurrence.ts';

const KNOWN_ALERTS = `json_each(?) AS k CROSS JOIN alerts AS a
  ON a.namespace = k.value ->> 0 AND a.sender = k.value ->> 1
  AND a.fingerprint = k.value ->> 2 AND a.starts_at = k.value ->> 3`;

/** Of a fingerprint those that fire, and the last that began: all that a resolution, or a guessed start, may mean. */
const SIBLINGS = `json_each(?) AS f CROSS JOIN alerts AS a ON a.number IN (
    SELECT b.number FROM alerts AS b
    WHERE b.namespace = f.value ->> 0 AND b.sender = f.value ->> 1 AND b.fingerprint = f.value ->> 2 AND b.ends_at IS NULL
    UNION ALL SELECT number FROM (
      SELECT c.number FROM alerts AS c
      WHERE c.namespace = f.value ->> 0 AND c.sender = f.value ->> 1 AND c.fingerprint = f.value ->> 2
      ORDER BY c.starts_at DESC LIMIT 1))`;

const OPEN_OCCURRENCES = `json_each(?) AS g CROSS JOIN occurrences AS o
  ON o.namespace = g.value ->> 0 AND o.sender = g.value ->> 1
  AND o.group_key = g.value ->> 2 AND o.resolved_at IS NULL`;

/** What accepting these groups goes by: the version, alerts told of, others of their fingerprints, and occurrences. */
export function readKnown(groups: readonly IncomingGroup[], at: Date): InStatement[] {
  const told = groups.flatMap((group) => identify(group, at));
  const isVague = ({ status, startIsGuessed }: ReceivedAlert) => status === 'resolved' || startIsGuessed === true;
  const alerts = listOnce(told.map(([identity]) => alertKey(identity)));
  const families = listOnce(told.flatMap(([identity, alert]) => (isVague(alert) ? fingerprintKey(identity) : [])));
  const open = JSON.stringify(
    groups.map(({ namespace, sender, group }) => [namespace, sender, storable(group.groupKey)]),
  );
  return [
    'SELECT version FROM intake_versions',
    {
      sql: `SELECT a.namespace, a.sender, a.fingerprint, a.starts_at, a.occurrence, a.ends_at FROM ${KNOWN_ALERTS}`,
      args: [alerts],
    },
    {
      sql: `SELECT a.namespace, a.sender, a.fingerprint, a.starts_at, a.occurrence, a.ends_at FROM ${SIBLINGS}`,
      args: [families],
    },
    {
      sql: `WITH wanted (id) AS (SELECT a.occurrence FROM ${KNOWN_ALERTS} UNION SELECT a.occurrence FROM ${SIBLINGS} UNION SELECT o.id FROM ${OPEN_OCCURRENCES})
            SELECT o.id, o.namespace, o.sender, o.group_key, o.status, o.filtered_by, o.started_at, o.resolved_at,
                   o.told_at, o.firing, o.last_end
            FROM wanted CROSS JOIN occurrences AS o ON o.id = wanted.id`,
      args: [alerts, families, open],
    },
  ];
}

/** Each key is JSON: so is their list. */
function listOnce(keys: readonly string[]): string {
  return `[${[...new Set(keys)].join()}]`;
}

export function toKnown(exactRows: readonly Row[], siblingRows: readonly Row[], occurrenceRows: readonly Row[]): Known {
  const alerts = new Map([...exactRows, ...siblingRows].map((row) => [alertKey(toIdentity(row)), toSibling(row)]));
  const families = new Map<string, Row[]>();
  for (const row of siblingRows) {
    const family = fingerprintKey(toIdentity(row));
    const siblings = families.get(family);
    if (siblings) siblings.push(row);
    else families.set(family, [row]);
  }
  const occurrences = new Map(occurrenceRows.map((row) => [String(row['id']), toOccurrenceState(row)]));
  const isOpen = ({ resolvedAt }: OccurrenceState) => resolvedAt === undefined;
  const open = new Map([...occurrences.values()].filter(isOpen).map((one) => [groupIdentity(one), one]));
  return {
    findAlert: (key) => alerts.get(key),
    findSiblings: (identity) => (families.get(fingerprintKey(identity)) ?? []).map(toSibling),
    findOccurrence: (id) => occurrences.get(id),
    findOpen: (identity) => open.get(identity),
  };
}

function toIdentity(row: Row): AlertIdentity {
  return {
    namespace: String(row['namespace']),
    sender: Sender.parse(row['sender']),
    fingerprint: String(row['fingerprint']),
    startsAt: String(row['starts_at']),
  };
}

function toSibling(row: Row): Sibling {
  const { occurrence, ends_at: endsAt } = row;
  return {
    startsAt: String(row['starts_at']),
    ...(typeof occurrence === 'string' ? { occurrence } : {}),
    ...(typeof endsAt === 'string' ? { endsAt } : {}),
  };
}

function toOccurrenceState(row: Row): OccurrenceState {
  const { filtered_by: filteredBy, resolved_at: resolvedAt, last_end: lastEnd } = row;
  return {
    id: String(row['id']),
    namespace: String(row['namespace']),
    sender: Sender.parse(row['sender']),
    groupKey: String(row['group_key']),
    isFiltered: row['status'] === 'filtered',
    ...(typeof filteredBy === 'string' ? { filteredBy } : {}),
    startedAt: String(row['started_at']),
    ...(typeof resolvedAt === 'string' ? { resolvedAt } : {}),
    toldAt: String(row['told_at']),
    firing: Number(row['firing']),
    ...(typeof lastEnd === 'string' ? { lastEnd } : {}),
  };
}
