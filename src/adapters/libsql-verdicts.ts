import { setImmediate as nextTurn } from 'node:timers/promises';
import type { InStatement, Row } from '@libsql/client';
import type { Diagnosis } from '../domain/diagnosis.ts';
import { type GradedDiagnosis, personOf, type VerdictRecord } from '../domain/feedback.ts';
import type { DiagnosisRecord, GradedPage } from '../ports.ts';

/**
 * What the casebook asks of its table of verdicts, and how its rows read. Of one person on one diagnosis at most one row
 * has not ended.
 */
const OPEN = 'diagnosis_id = ? AND person = ? AND ended_at IS NULL';

/** Diagnoses of some ten kilobytes each: a millisecond. */
const PARSED_PER_TURN = 5;

/** One transaction: ends what the person said before, if it was something else, and adds what is said now. */
export function save({ ended: _, ...verdict }: VerdictRecord): InStatement[] {
  const { diagnosisId, at } = verdict;
  const person = personOf(verdict.by);
  const said = whatIsSaid(verdict);
  return [
    {
      sql: `UPDATE verdicts SET ended_at = ?, ended_how = 'superseded' WHERE ${OPEN} AND said <> ?`,
      args: [at, diagnosisId, person, said],
    },
    {
      sql: `INSERT INTO verdicts (diagnosis_id, diagnosed_at, person, said, record)
            SELECT ?, (SELECT created_at FROM diagnoses WHERE id = ? AND status = 'done'), ?, ?, ?
            WHERE NOT EXISTS (SELECT 1 FROM verdicts WHERE ${OPEN})`,
      args: [diagnosisId, diagnosisId, person, said, JSON.stringify(verdict), diagnosisId, person],
    },
  ];
}

/** The same for the same verdict, whenever and in whatever spelling of the name it was given. */
function whatIsSaid({ verdict, trueCause }: VerdictRecord): string {
  return JSON.stringify([verdict, trueCause?.service, trueCause?.category, trueCause?.summary]);
}

export function withdraw(diagnosisId: string, by: string, at: Date): InStatement {
  return {
    sql: `UPDATE verdicts SET ended_at = ?, ended_how = 'withdrawn' WHERE ${OPEN}`,
    args: [at.toISOString(), diagnosisId, personOf(by)],
  };
}

export function listOfDiagnosis(diagnosisId: string): InStatement {
  return {
    sql: 'SELECT record, ended_at, ended_how FROM verdicts WHERE diagnosis_id = ? ORDER BY number',
    args: [diagnosisId],
  };
}

export const countChanges = 'SELECT count(*) + count(ended_at) AS changes FROM verdicts';

export function toChanges([row]: readonly Row[]): number {
  return Number(row?.['changes'] ?? 0);
}

/** The page's diagnoses, and the verdicts on them: two statements, so that no diagnosis comes once for each verdict. */
export function listGraded({ limit, after }: GradedPage): InStatement[] {
  const isAfter = 'AND (diagnosed_at, diagnosis_id) < ((SELECT created_at FROM diagnoses WHERE id = ?), ?)';
  const page = `
    SELECT DISTINCT diagnosed_at, diagnosis_id AS id FROM verdicts
    WHERE ended_at IS NULL AND diagnosed_at IS NOT NULL ${after === undefined ? '' : isAfter}
    ORDER BY diagnosed_at DESC, diagnosis_id DESC LIMIT ?`;
  const args = [...(after === undefined ? [] : [after, after]), limit];
  return [
    {
      sql: `WITH page AS (${page}) SELECT d.id, d.record FROM page JOIN diagnoses AS d ON d.id = page.id
            ORDER BY page.diagnosed_at DESC, page.id DESC`,
      args,
    },
    {
      sql: `WITH page AS (${page}) SELECT v.diagnosis_id, v.record, v.ended_at, v.ended_how
            FROM page JOIN verdicts AS v ON v.diagnosis_id = page.id AND v.ended_at IS NULL ORDER BY v.number`,
      args,
    },
  ];
}

/** In turns, for a page is megabytes to parse, and whoever asks meanwhile must not wait for all of it. */
export async function toGradedDiagnoses(
  diagnoses: readonly Row[],
  verdicts: readonly Row[],
): Promise<GradedDiagnosis[]> {
  const verdictsOf = new Map<unknown, VerdictRecord[]>(diagnoses.map((row) => [row['id'], []]));
  for (const row of verdicts) verdictsOf.get(row['diagnosis_id'])?.push(toVerdictRecord(row));
  const graded: GradedDiagnosis[] = [];
  for (const [at, row] of diagnoses.entries()) {
    if (at % PARSED_PER_TURN === PARSED_PER_TURN - 1) await nextTurn();
    const diagnosis = toDiagnosis(row);
    if (diagnosis) graded.push({ diagnosis, verdicts: verdictsOf.get(row['id']) ?? [] });
  }
  return graded;
}

function toDiagnosis(row: Row): Diagnosis | undefined {
  // Written by saveDiagnosis, from a DiagnosisRecord.
  const record = JSON.parse(String(row['record'])) as DiagnosisRecord;
  return record.status === 'done' ? record.diagnosis : undefined;
}

export function toVerdictRecord(row: Row): VerdictRecord {
  // Written by save above, from a VerdictRecord.
  const verdict = JSON.parse(String(row['record'])) as VerdictRecord;
  const { ended_at: at, ended_how: how } = row;
  if (typeof at !== 'string') return verdict;
  return { ...verdict, ended: { at, how: how === 'withdrawn' ? 'withdrawn' : 'superseded' } };
}
