import type { Client } from '@libsql/client';
import { PrecedentError } from '../domain/errors.ts';
import { access } from './libsql-tables/access.ts';
import { conversations } from './libsql-tables/conversations.ts';
import { deliveries } from './libsql-tables/deliveries.ts';
import { intake } from './libsql-tables/intake.ts';
import type { Migration } from './libsql-tables/migration.ts';

/** The history of the casebook's tables. Append only: a number that was ever released keeps its meaning. */
const MIGRATIONS: readonly Migration[] = [
  {
    name: 'diagnoses',
    statements: [
      `CREATE TABLE diagnoses (
         id TEXT PRIMARY KEY NOT NULL,
         status TEXT NOT NULL CHECK (status IN ('pending', 'done', 'failed')),
         created_at TEXT NOT NULL,
         record TEXT NOT NULL
       ) STRICT`,
      'CREATE INDEX diagnoses_created_at ON diagnoses (created_at)',
    ],
  },
  {
    // A row is never deleted: a verdict that is replaced or withdrawn ends.
    name: 'verdicts',
    statements: [
      `CREATE TABLE verdicts (
         number INTEGER PRIMARY KEY NOT NULL,
         diagnosis_id TEXT NOT NULL,
         diagnosed_at TEXT,
         person TEXT NOT NULL,
         said TEXT NOT NULL,
         record TEXT NOT NULL,
         ended_at TEXT,
         ended_how TEXT CHECK (ended_how IN ('superseded', 'withdrawn')),
         CHECK ((ended_at IS NULL) = (ended_how IS NULL))
       ) STRICT`,
      'CREATE UNIQUE INDEX verdicts_one_each ON verdicts (diagnosis_id, person) WHERE ended_at IS NULL',
      'CREATE INDEX verdicts_of_diagnosis ON verdicts (diagnosis_id, ended_at)',
      // A page of graded diagnoses is read off this one, without a look at any diagnosis that is not on it.
      'CREATE INDEX verdicts_by_time ON verdicts (diagnosed_at, diagnosis_id) WHERE ended_at IS NULL',
    ],
  },
  {
    // Pages come before their snapshot is known by its key, hence the upload. A snapshot that expired keeps its row.
    name: 'snapshots',
    statements: [
      `CREATE TABLE snapshots (
         key TEXT PRIMARY KEY NOT NULL,
         upload TEXT NOT NULL UNIQUE,
         format TEXT NOT NULL,
         created_at TEXT NOT NULL,
         used_at TEXT NOT NULL,
         spans INTEGER NOT NULL,
         bytes INTEGER NOT NULL,
         pages INTEGER NOT NULL,
         stored_bytes INTEGER NOT NULL,
         expired_at TEXT
       ) STRICT`,
      'CREATE INDEX snapshots_by_use ON snapshots (used_at) WHERE expired_at IS NULL',
      `CREATE TABLE snapshot_pages (
         upload TEXT NOT NULL,
         page INTEGER NOT NULL,
         saved_at TEXT NOT NULL,
         stored_bytes INTEGER NOT NULL,
         content BLOB NOT NULL,
         PRIMARY KEY (upload, page)
       ) STRICT`,
      // What is swept is told without a look at any content.
      'CREATE INDEX snapshot_pages_by_upload ON snapshot_pages (upload, saved_at, stored_bytes)',
    ],
  },
  {
    // `run` is the hash of its key. A row is never changed, and only forgetting a run takes away what it has.
    name: 'backtests',
    statements: [
      `CREATE TABLE backtest_runs (
         run TEXT PRIMARY KEY NOT NULL,
         key TEXT NOT NULL,
         began_at TEXT NOT NULL
       ) STRICT`,
      `CREATE TABLE backtest_outcomes (
         number INTEGER PRIMARY KEY NOT NULL,
         run TEXT NOT NULL,
         incident TEXT NOT NULL,
         saved_at TEXT NOT NULL,
         record TEXT NOT NULL,
         UNIQUE (run, incident)
       ) STRICT`,
      'CREATE INDEX backtest_outcomes_in_order ON backtest_outcomes (run, number)',
      `CREATE TABLE calibrations (
         number INTEGER PRIMARY KEY NOT NULL,
         id TEXT NOT NULL UNIQUE,
         engine TEXT NOT NULL,
         fitted_at TEXT NOT NULL,
         record TEXT NOT NULL
       ) STRICT`,
      'CREATE INDEX calibrations_by_time ON calibrations (engine, fitted_at, number)',
      `CREATE TABLE backtest_reports (
         number INTEGER PRIMARY KEY NOT NULL,
         id TEXT NOT NULL UNIQUE,
         engine TEXT NOT NULL,
         ran_at TEXT NOT NULL,
         record TEXT NOT NULL
       ) STRICT`,
      'CREATE INDEX backtest_reports_by_time ON backtest_reports (engine, ran_at, number)',
    ],
  },
  intake,
  deliveries,
  conversations,
  access,
];

/** Brings the tables up to date, in one transaction that looks again, so that two processes may start at once. */
export async function migrate(client: Client, migrations = MIGRATIONS): Promise<void> {
  await client.execute(
    `CREATE TABLE IF NOT EXISTS migrations (
       number INTEGER PRIMARY KEY NOT NULL,
       name TEXT NOT NULL,
       applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
     ) STRICT`,
  );
  const applied = await readVersion(client);
  if (applied > migrations.length) {
    throw new PrecedentError(
      'casebook-unavailable',
      `the casebook is at version ${applied}, this Precedent knows versions up to ${migrations.length}: update Precedent`,
    );
  }
  if (applied < migrations.length) await applyAll(client, migrations);
}

async function applyAll(client: Client, migrations: readonly Migration[]): Promise<void> {
  const transaction = await client.transaction('write');
  try {
    const applied = await readVersion(transaction);
    for (const [index, { name, statements }] of migrations.entries()) {
      if (index < applied) continue;
      for (const statement of statements) await transaction.execute(statement);
      const record = 'INSERT INTO migrations (number, name) VALUES (?, ?)';
      await transaction.execute({ sql: record, args: [index + 1, name] });
    }
    await transaction.commit();
  } finally {
    // Rolls back what was not committed.
    transaction.close();
  }
}

async function readVersion(on: Pick<Client, 'execute'>): Promise<number> {
  const { rows } = await on.execute('SELECT coalesce(max(number), 0) AS version FROM migrations');
  return Number(rows[0]?.['version'] ?? 0);
}
