import type { GradedDiagnosis, VerdictRecord } from '../domain/feedback.ts';
import type { Casebook, DiagnosisRecord, GradedPage } from '../ports.ts';
import { LibsqlConnection, type LibsqlOptions } from './libsql-connection.ts';
import {
  countChanges,
  listGraded,
  listOfDiagnosis,
  save,
  toChanges,
  toGradedDiagnoses,
  toVerdictRecord,
  withdraw,
} from './libsql-verdicts.ts';

const PING_MS = 2_000;

/** The casebook in a SQLite file, or on a libSQL server for several replicas. Opened, and migrated, at its first use. */
export function createLibsqlCasebook(place: LibsqlOptions | LibsqlConnection): Casebook {
  return new LibsqlCasebook(place instanceof LibsqlConnection ? place : new LibsqlConnection(place));
}

class LibsqlCasebook implements Casebook {
  readonly #connection: LibsqlConnection;

  constructor(connection: LibsqlConnection) {
    this.#connection = connection;
  }

  async saveDiagnosis(record: DiagnosisRecord, signal?: AbortSignal): Promise<void> {
    const { id, status, createdAt } = record;
    const statement = {
      sql: `INSERT INTO diagnoses (id, status, created_at, record) VALUES (?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE
            SET status = excluded.status, created_at = excluded.created_at, record = excluded.record
            WHERE diagnoses.status = 'pending' AND excluded.status <> 'pending'`,
      args: [id, status, createdAt, JSON.stringify(record)],
    };
    await this.#connection.call((client) => client.execute(statement), { signal });
  }

  async findDiagnosis(id: string, signal?: AbortSignal): Promise<DiagnosisRecord | undefined> {
    const statement = { sql: 'SELECT record FROM diagnoses WHERE id = ?', args: [id] };
    const { rows } = await this.#connection.call((client) => client.execute(statement), { signal });
    const record = rows[0]?.['record'];
    // Written by saveDiagnosis above, from a DiagnosisRecord.
    return typeof record === 'string' ? (JSON.parse(record) as DiagnosisRecord) : undefined;
  }

  async saveVerdict(verdict: VerdictRecord, signal?: AbortSignal): Promise<void> {
    await this.#connection.call((client) => client.batch(save(verdict), 'write'), { signal });
  }

  async withdrawVerdict(diagnosisId: string, by: string, at: Date, signal?: AbortSignal): Promise<boolean> {
    const statement = withdraw(diagnosisId, by, at);
    const { rowsAffected } = await this.#connection.call((client) => client.execute(statement), { signal });
    return rowsAffected > 0;
  }

  async listVerdicts(diagnosisId: string, signal?: AbortSignal): Promise<VerdictRecord[]> {
    const statement = listOfDiagnosis(diagnosisId);
    const { rows } = await this.#connection.call((client) => client.execute(statement), { signal });
    return rows.map(toVerdictRecord);
  }

  async countVerdictChanges(signal?: AbortSignal): Promise<number> {
    if (!signal?.aborted && this.#connection.isUnwritten()) return 0;
    const { rows } = await this.#connection.call((client) => client.execute(countChanges), { signal });
    return toChanges(rows);
  }

  async listGradedDiagnoses(page: GradedPage, signal?: AbortSignal): Promise<GradedDiagnosis[]> {
    const statements = listGraded(page);
    const [diagnoses, verdicts] = await this.#connection.call((client) => client.batch(statements, 'read'), { signal });
    return toGradedDiagnoses(diagnoses?.rows ?? [], verdicts?.rows ?? []);
  }

  async ping(signal?: AbortSignal): Promise<void> {
    const statement = 'SELECT 1 FROM diagnoses LIMIT 1';
    await this.#connection.call((client) => client.execute(statement), { signal, limitMs: PING_MS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }
}
