import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '@libsql/client';
import { isPrecedentError, messageOf, PrecedentError } from '../domain/errors.ts';
import type { GradedDiagnosis, VerdictRecord } from '../domain/feedback.ts';
import type { Casebook, DiagnosisRecord, GradedPage } from '../ports.ts';
import { migrate } from './libsql-migrations.ts';
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
import { untilAborted } from './until-aborted.ts';

export interface LibsqlCasebookOptions {
  /** `file:<path>`, or the URL of a libSQL server. */
  readonly url: string;
  readonly authToken?: string;
  /** Longest that one request may take. */
  readonly callMs?: number;
}

const CALL_MS = 10_000;
const PING_MS = 2_000;
/** How long closing waits for an opening under way; one that takes longer is closed as soon as it is done. */
const CLOSE_MS = 2_000;
/** How long a writer waits for another process's write, which takes milliseconds; nothing else runs meanwhile. */
const BUSY_MS = 5_000;

/** The casebook in a SQLite file, or on a libSQL server for several replicas. Opened, and migrated, at its first use. */
export function createLibsqlCasebook(options: LibsqlCasebookOptions): Casebook {
  return new LibsqlCasebook(options);
}

class LibsqlCasebook implements Casebook {
  readonly #options: LibsqlCasebookOptions;
  readonly #callMs: number;
  #opening: Promise<Client> | undefined;
  #isClosed = false;

  constructor(options: LibsqlCasebookOptions) {
    this.#options = options;
    this.#callMs = options.callMs ?? CALL_MS;
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
    await this.#call((client) => client.execute(statement), this.#callMs, signal);
  }

  async findDiagnosis(id: string, signal?: AbortSignal): Promise<DiagnosisRecord | undefined> {
    const statement = { sql: 'SELECT record FROM diagnoses WHERE id = ?', args: [id] };
    const { rows } = await this.#call((client) => client.execute(statement), this.#callMs, signal);
    const record = rows[0]?.['record'];
    // Written by saveDiagnosis above, from a DiagnosisRecord.
    return typeof record === 'string' ? (JSON.parse(record) as DiagnosisRecord) : undefined;
  }

  async saveVerdict(verdict: VerdictRecord, signal?: AbortSignal): Promise<void> {
    await this.#call((client) => client.batch(save(verdict), 'write'), this.#callMs, signal);
  }

  async withdrawVerdict(diagnosisId: string, by: string, at: Date, signal?: AbortSignal): Promise<boolean> {
    const statement = withdraw(diagnosisId, by, at);
    const { rowsAffected } = await this.#call((client) => client.execute(statement), this.#callMs, signal);
    return rowsAffected > 0;
  }

  async listVerdicts(diagnosisId: string, signal?: AbortSignal): Promise<VerdictRecord[]> {
    const statement = listOfDiagnosis(diagnosisId);
    const { rows } = await this.#call((client) => client.execute(statement), this.#callMs, signal);
    return rows.map(toVerdictRecord);
  }

  async countVerdictChanges(signal?: AbortSignal): Promise<number> {
    if (!this.#isClosed && !signal?.aborted && this.#isUnwritten()) return 0;
    const { rows } = await this.#call((client) => client.execute(countChanges), this.#callMs, signal);
    return toChanges(rows);
  }

  async listGradedDiagnoses(page: GradedPage, signal?: AbortSignal): Promise<GradedDiagnosis[]> {
    const statements = listGraded(page);
    const [diagnoses, verdicts] = await this.#call((client) => client.batch(statements, 'read'), this.#callMs, signal);
    return toGradedDiagnoses(diagnoses?.rows ?? [], verdicts?.rows ?? []);
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.#call((client) => client.execute('SELECT 1 FROM diagnoses LIMIT 1'), PING_MS, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    if (!this.#opening) return;
    const closed = this.#opening.then(
      (client) => client.close(),
      () => undefined,
    );
    const bound = new AbortController();
    const late = sleep(CLOSE_MS, undefined, { signal: bound.signal });
    await Promise.race([closed, late]).finally(() => bound.abort());
  }

  async #call<T>(use: (client: Client) => Promise<T>, limitMs: number, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new PrecedentError('casebook-unavailable', 'the casebook is closed');
    const limit = AbortSignal.timeout(limitMs);
    const work = async () => use(await this.#open());
    try {
      return await untilAborted(work(), AbortSignal.any([limit, ...(signal ? [signal] : [])]));
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#explain(error, limit);
    }
  }

  /** A search asks what was said before: where nobody ever wrote anything it need not leave a file behind. */
  #isUnwritten(): boolean {
    const file = fileOf(this.#options.url);
    return this.#opening === undefined && file !== undefined && !existsSync(file);
  }

  /** One opening for all callers; a failed one is forgotten, so that the next call tries again. */
  #open(): Promise<Client> {
    this.#opening ??= openClient(this.#options, this.#callMs).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  #explain(error: unknown, limit: AbortSignal): PrecedentError {
    if (isPrecedentError(error)) return error;
    const { url } = this.#options;
    const reason = limit.aborted ? 'it did not answer in time' : reasonOf(error);
    const mend = fileOf(url)
      ? 'check that the file is a casebook and that its folder can be written to'
      : 'check that the server runs, and CASEBOOK_URL and CASEBOOK_TOKEN';
    const message = `the casebook at ${withoutSecrets(url)} cannot be used (${reason}): ${mend}`;
    return new PrecedentError('casebook-unavailable', message, { cause: error });
  }
}

async function openClient({ url, authToken }: LibsqlCasebookOptions, callMs: number): Promise<Client> {
  const file = fileOf(url);
  if (file) await mkdir(path.dirname(file), { recursive: true });
  const client = createClient({
    // As a URL a path may hold any character.
    url: file ? `file:${file.split(path.sep).map(encodeURIComponent).join('/')}` : url,
    ...(authToken ? { authToken } : {}),
    timeout: BUSY_MS,
    // Without this a server that accepts and says nothing would hold the request for minutes.
    fetch: (request: Request) => fetch(request, { signal: AbortSignal.timeout(callMs) }),
  });
  try {
    // Readers and the one writer do not wait for each other. A property of the file: every process sees it.
    if (file) await client.execute('PRAGMA journal_mode = WAL');
    await migrate(client);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** The path of a `file:` URL, written with or without slashes; undefined for a server's URL. */
function fileOf(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  return path.resolve(url.slice('file:'.length).replace(/^\/\/(?:localhost)?(?=\/)/, ''));
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
}

/** A URL may carry a token as user name or query. */
function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '');
}
