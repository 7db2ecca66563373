import type { Client, InStatement } from '@libsql/client';
import { type Acceptance, type AcceptedGroup, acceptGroups, type IncomingGroup } from '../domain/acceptance.ts';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import { type KeptAlert, type OccurrenceState, storable } from '../domain/kept-alert.ts';
import { readKnown, toKnown } from './libsql-intake-known.ts';
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

/** What changes comes before what is new: a group may have a new occurrence in the same step in which the last one ended. */
function write(acceptance: Acceptance, at: Date): InStatement[] {
  const { occurrences, begun, newAlerts, ended, abandoned } = acceptance;
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
    { sql: END_ABANDONED, args: [JSON.stringify([...abandoned])] },
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
  const { lastEnd, situation, toldAt } = occurrence;
  const said = situation === undefined ? null : JSON.stringify(situation);
  const key = situation === undefined ? null : storable(situation.situationKey);
  const status = isFiltered ? 'filtered' : 'queued';
  return [
    id,
    namespace,
    sender,
    groupKey,
    status,
    filteredBy,
    startedAt,
    resolvedAt,
    firing,
    lastEnd,
    key,
    said,
    toldAt,
  ];
}

function toAlertFields({ namespace, sender, fingerprint, startsAt, ...kept }: KeptAlert) {
  const { occurrence, receivedAt, endsAt, filteredBy, alert } = kept;
  const record = JSON.stringify(alert);
  return [namespace, sender, fingerprint, startsAt, occurrence, receivedAt, endsAt, filteredBy, record];
}

const field = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `n.value ->> ${from + at}`).join();

const INSERT_OCCURRENCES = `
  INSERT INTO occurrences (received_at, id, namespace, sender, group_key, status, filtered_by, started_at, resolved_at,
    firing, last_end, situation_key, situation, told_at)
  SELECT ?, ${field(13)} FROM json_each(?) AS n ORDER BY n.key`;

const INSERT_ALERTS = `
  INSERT INTO alerts (namespace, sender, fingerprint, starts_at, occurrence, received_at, ends_at, filtered_by, record)
  SELECT ${field(9)} FROM json_each(?) AS n ORDER BY n.key`;

/** Whether it was decided is not for alerts to say, but for those that no rule filters any more. */
const UPDATE_OCCURRENCES = `
  UPDATE occurrences SET
    status = CASE WHEN status = 'filtered' THEN n.value ->> 4 ELSE status END,
    filtered_by = n.value ->> 5, started_at = n.value ->> 6, resolved_at = n.value ->> 7,
    firing = n.value ->> 8, last_end = n.value ->> 9,
    situation_key = coalesce(n.value ->> 10, situation_key), situation = coalesce(n.value ->> 11, situation),
    told_at = n.value ->> 12
  FROM json_each(?) AS n WHERE occurrences.id = n.value ->> 0`;

const END_ABANDONED = `
  UPDATE alerts SET ends_at = n.value ->> 1 FROM json_each(?) AS n
  WHERE alerts.occurrence = n.value ->> 0 AND alerts.ends_at IS NULL`;

const END_ALERTS = `
  UPDATE alerts SET ends_at = n.value ->> 4 FROM json_each(?) AS n
  WHERE alerts.namespace = n.value ->> 0 AND alerts.sender = n.value ->> 1
  AND alerts.fingerprint = n.value ->> 2 AND alerts.starts_at = n.value ->> 3`;
