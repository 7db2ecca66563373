import type { InStatement, Row } from '@libsql/client';
import { Sender } from '../domain/occurrence.ts';
import type { AnsweredSituation } from '../domain/triage.ts';
import type { AlertOfThePast, HistoryPage } from '../ports/intake.ts';
import { DIAGNOSIS, toAlert } from './libsql-intake-occurrences.ts';

/** What a person says counts until they say something else. */
const said = (diagnosis: string, verdicts: string) => `EXISTS (
  SELECT 1 FROM verdicts AS v WHERE v.diagnosis_id = ${diagnosis} AND v.ended_at IS NULL AND v.said ->> 0 IN (${verdicts}))`;

export function listAnswered(keys: readonly string[], since: Date): InStatement {
  return {
    sql: `SELECT namespace, situation_key, id, finished_at FROM (
            SELECT t.namespace, t.situation_key, t.id, t.finished_at, row_number() OVER
              (PARTITION BY t.namespace, t.situation_key ORDER BY t.finished_at DESC, t.number DESC) AS place
            FROM (SELECT DISTINCT value FROM json_each(?)) AS k CROSS JOIN diagnosis_tasks AS t
              ON t.situation_key = k.value AND t.state = 'done' AND t.finished_at >= ?
            WHERE t.situation_key IS NOT NULL AND NOT ${said('t.id', `'rejected', 'corrected'`)})
          WHERE place = 1`,
    args: [JSON.stringify(keys), since.toISOString()],
  };
}

export function toAnswered(row: Row): AnsweredSituation {
  return {
    situationKey: String(row['situation_key']),
    namespace: String(row['namespace']),
    diagnosisId: String(row['id']),
    diagnosedAt: String(row['finished_at']),
  };
}

/** One more than is asked for: then there is another page. */
export function listHistory({ since, limit, after }: HistoryPage): InStatement {
  const [time = '', number = '0'] = after?.split(' ') ?? [];
  const isBefore = after === undefined ? '' : 'AND (a.received_at, a.number) < (?, ?)';
  return {
    sql: `SELECT a.*, o.outage, ${DIAGNOSIS} AS answer, ${said(DIAGNOSIS, `'confirmed', 'corrected'`)} AS was_incident
          FROM alerts AS a JOIN occurrences AS o ON o.id = a.occurrence LEFT JOIN outages AS g ON g.id = o.outage
          WHERE a.occurrence IS NOT NULL AND a.received_at >= ? ${isBefore}
          ORDER BY a.received_at DESC, a.number DESC LIMIT ?`,
    args: [since.toISOString(), ...(after === undefined ? [] : [time, Number(number)]), limit + 1],
  };
}

export function toHistory(rows: readonly Row[], limit: number): { alerts: AlertOfThePast[]; next?: string } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const alerts = page.map(toPast);
  return rows.length > limit && last ? { alerts, next: `${last['received_at']} ${last['number']}` } : { alerts };
}

function toPast(row: Row): AlertOfThePast {
  const { ends_at: resolvedAt, outage, answer, filtered_by: filteredBy } = row;
  return {
    namespace: String(row['namespace']),
    sender: Sender.parse(row['sender']),
    alert: toAlert(row),
    receivedAt: String(row['received_at']),
    ...(typeof resolvedAt === 'string' ? { resolvedAt } : {}),
    occurrence: String(row['occurrence']),
    ...(typeof outage === 'string' ? { outage } : {}),
    ...(typeof answer === 'string' ? { diagnosis: answer } : {}),
    ...(typeof filteredBy === 'string' ? { filteredBy } : {}),
    wasIncident: row['was_incident'] === 1,
  };
}
