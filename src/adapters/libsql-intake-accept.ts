import type { Client, InStatement, Row } from '@libsql/client';
import {
  type Acceptance,
  type AcceptedGroup,
  acceptGroups,
  type IncomingGroup,
  identify,
} from '../domain/acceptance.ts';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import {
  type AlertIdentity,
  alertKey,
  fingerprintKey,
  groupIdentity,
  type KeptAlert,
  type Known,
  type OccurrenceState,
  type Sibling,
  storable,
} from '../domain/kept-alert.ts';
import { type ReceivedAlert, Sender } from '../domain/occurrence.ts';
import { refreshOutages } from './libsql-intake-outages.ts';

/** Each time somebody else's alerts were kept meanwhile, so somebody gets on: more than a few mean that something is wrong. */
const MAX_TRIES = 100;

/**
 * Two batches, each a transaction of its own: what is known is read, and what becomes of the groups is written, unless
 * somebody else wrote in between. A transaction with a thought in its middle would make the process wait for itself, for
 * a file has one writer, and everybody shares the connection.
 */
export async function accept(client: Client, groups: readonly IncomingGroup[], at: Date): Promise<AcceptedGroup[]> {
  const reads = readKnown(groups, at);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const [version, alerts, siblings, occurrences] = await client.batch(reads, 'read');
    const known = toKnown(alerts?.rows ?? [], siblings?.rows ?? [], occurrences?.rows ?? []);
    const acceptance = acceptGroups(groups, known, at);
    if (acceptance.newAlerts.size + acceptance.ended.size + acceptance.occurrences.size === 0)
      return acceptance.answers;
    const expected = Number(version?.rows[0]?.['version']);
    if (await isWritten(client, [nextVersion(expected), ...write(acceptance, at)])) return acceptance.answers;
  }
  throw new PrecedentError('casebook-unavailable', 'too many write to the casebook at once: try again');
}

async function isWritten(client: Client, statements: InStatement[]): Promise<boolean> {
  try {
    await client.batch(statements, 'write');
    return true;
  } catch (error) {
    if (messageOf(error).includes('intake_versions.version')) return false;
    throw error;
  }
}

/** Fails, and takes all of its batch with it, where the version is another: NULL is none. */
function nextVersion(expected: number): InStatement {
  return {
    sql: 'UPDATE intake_versions SET version = CASE WHEN version = ? THEN version + 1 END',
    args: [expected],
  };
}

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

function readKnown(groups: readonly IncomingGroup[], at: Date): InStatement[] {
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
                   o.firing, o.last_end
            FROM wanted CROSS JOIN occurrences AS o ON o.id = wanted.id`,
      args: [alerts, families, open],
    },
  ];
}

/** Each key is JSON: so is their list. */
function listOnce(keys: readonly string[]): string {
  return `[${[...new Set(keys)].join()}]`;
}

function toKnown(exactRows: readonly Row[], siblingRows: readonly Row[], occurrenceRows: readonly Row[]): Known {
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
    firing: Number(row['firing']),
    ...(typeof lastEnd === 'string' ? { lastEnd } : {}),
  };
}

/** What changes comes before what is new: a group may have a new occurrence in the same step in which the last one ended. */
function write(acceptance: Acceptance, at: Date): InStatement[] {
  const { occurrences, begun, newAlerts, ended } = acceptance;
  const changed = [...occurrences.values()].filter(({ id }) => !begun.has(id));
  return [
    { sql: UPDATE_OCCURRENCES, args: [JSON.stringify(changed.map(toFields))] },
    {
      sql: INSERT_OCCURRENCES,
      args: [
        at.toISOString(),
        JSON.stringify([...occurrences.values()].filter(({ id }) => begun.has(id)).map(toFields)),
      ],
    },
    { sql: INSERT_ALERTS, args: [JSON.stringify([...newAlerts.values()].map(toAlertFields))] },
    { sql: END_ALERTS, args: [JSON.stringify([...ended].map(([key, endsAt]) => [...JSON.parse(key), endsAt]))] },
    refreshOutages(
      'SELECT o.outage FROM json_each(?) AS c CROSS JOIN occurrences AS o ON o.id = c.value WHERE o.outage IS NOT NULL',
      [JSON.stringify(changed.filter(({ resolvedAt }) => resolvedAt !== undefined).map(({ id }) => id))],
    ),
  ].filter(({ args }) => args.at(-1) !== '[]');
}

/** What may hold any character is JSON in a string of its own: half a character then never meets the database as text. */
function toFields(occurrence: OccurrenceState) {
  const { id, namespace, sender, groupKey, isFiltered, filteredBy, startedAt, resolvedAt, firing } = occurrence;
  const { lastEnd, situation } = occurrence;
  const said = situation === undefined ? null : JSON.stringify(situation);
  const key = situation === undefined ? null : storable(situation.situationKey);
  const status = isFiltered ? 'filtered' : 'queued';
  return [id, namespace, sender, groupKey, status, filteredBy, startedAt, resolvedAt, firing, lastEnd, key, said];
}

function toAlertFields({ namespace, sender, fingerprint, startsAt, ...kept }: KeptAlert) {
  const { occurrence, receivedAt, endsAt, filteredBy, alert } = kept;
  const record = JSON.stringify(alert);
  return [namespace, sender, fingerprint, startsAt, occurrence, receivedAt, endsAt, filteredBy, record];
}

const field = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `n.value ->> ${from + at}`).join();

const INSERT_OCCURRENCES = `
  INSERT INTO occurrences (received_at, id, namespace, sender, group_key, status, filtered_by, started_at, resolved_at,
    firing, last_end, situation_key, situation)
  SELECT ?, ${field(12)} FROM json_each(?) AS n ORDER BY n.key`;

const INSERT_ALERTS = `
  INSERT INTO alerts (namespace, sender, fingerprint, starts_at, occurrence, received_at, ends_at, filtered_by, record)
  SELECT ${field(9)} FROM json_each(?) AS n ORDER BY n.key`;

/** Whether it was decided is not for alerts to say, but for those that no rule filters any more. */
const UPDATE_OCCURRENCES = `
  UPDATE occurrences SET
    status = CASE WHEN status = 'filtered' THEN n.value ->> 4 ELSE status END,
    filtered_by = n.value ->> 5, started_at = n.value ->> 6, resolved_at = n.value ->> 7,
    firing = n.value ->> 8, last_end = n.value ->> 9,
    situation_key = coalesce(n.value ->> 10, situation_key), situation = coalesce(n.value ->> 11, situation)
  FROM json_each(?) AS n WHERE occurrences.id = n.value ->> 0`;

const END_ALERTS = `
  UPDATE alerts SET ends_at = n.value ->> 4 FROM json_each(?) AS n
  WHERE alerts.namespace = n.value ->> 0 AND alerts.sender = n.value ->> 1
  AND alerts.fingerprint = n.value ->> 2 AND alerts.starts_at = n.value ->> 3`;
