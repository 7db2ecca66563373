import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { InStatement, Row } from '@libsql/client';
import type { BacktestKey, BacktestOutcome, BacktestReport } from '../domain/backtest.ts';
import type { Calibration } from '../domain/calibration.ts';
import type { EngineName } from '../domain/engine.ts';
import type { BacktestStore } from '../ports.ts';
import { LibsqlConnection, type LibsqlOptions } from './libsql-connection.ts';

/** Outcomes that one answer holds, some hundred kilobytes: read and parsed in a millisecond or two, then others have a turn. */
const PAGE = 200;

/** Backtests and calibrations in the casebook's database, which several replicas share. */
export function createLibsqlBacktests(place: LibsqlOptions | LibsqlConnection): BacktestStore {
  const connection = place instanceof LibsqlConnection ? place : new LibsqlConnection(place);
  const execute = (statement: InStatement, signal?: AbortSignal) =>
    connection.call((client) => client.execute(statement), { signal });
  const write = (statements: InStatement[], signal?: AbortSignal) =>
    connection.call((client) => client.batch(statements, 'write'), { signal });
  const isUnwritten = (signal?: AbortSignal) => !signal?.aborted && connection.isUnwritten();
  const findRecord = async (statement: InStatement, signal?: AbortSignal): Promise<unknown> => {
    if (isUnwritten(signal)) return undefined;
    const { rows } = await execute(statement, signal);
    return rows[0] && parseRecord(rows[0]);
  };
  return {
    async saveCase(key, outcome, at, signal) {
      await write(saveOutcome(key, outcome, at), signal);
    },
    async listOutcomes(key, signal) {
      return isUnwritten(signal) ? [] : await readPages((after) => execute(listOutcomes(key, after), signal));
    },
    async discardRun(key, signal) {
      if (!isUnwritten(signal)) await write(discardRun(key), signal);
    },
    async saveCalibration(calibration, signal) {
      await execute(saveCalibration(calibration), signal);
    },
    async findCalibration(engine, signal) {
      // Written by saveCalibration, from a Calibration.
      return (await findRecord(newestOf('calibrations', 'fitted_at', engine), signal)) as Calibration | undefined;
    },
    async listCalibrations(limit, signal) {
      if (isUnwritten(signal)) return [];
      const { rows } = await execute(listCalibrations(limit), signal);
      // Written by saveCalibration, from a Calibration.
      return rows.map((row) => parseRecord(row) as Calibration);
    },
    async saveReport(report, signal) {
      await execute(saveReport(report), signal);
    },
    async findReport(engine, signal) {
      // Written by saveReport, from a BacktestReport.
      return (await findRecord(newestOf('backtest_reports', 'ran_at', engine), signal)) as BacktestReport | undefined;
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** Two runs are the same when their keys are, whatever the order of the fields. */
function runOf({ engine, recipe, generation, incidents }: BacktestKey): string {
  return createHash('sha256')
    .update(JSON.stringify([engine, recipe, generation, incidents]))
    .digest('hex');
}

/** One transaction; what is there already stays as it is. */
function saveOutcome(key: BacktestKey, outcome: BacktestOutcome, at: Date): InStatement[] {
  const [run, savedAt] = [runOf(key), at.toISOString()];
  const incident = outcome.kind === 'asked' ? outcome.case.incident : outcome.skipped.incident;
  return [
    {
      sql: 'INSERT INTO backtest_runs (run, key, began_at) VALUES (?, ?, ?) ON CONFLICT (run) DO NOTHING',
      args: [run, JSON.stringify(key), savedAt],
    },
    {
      sql: `INSERT INTO backtest_outcomes (run, incident, saved_at, record) VALUES (?, ?, ?, ?)
            ON CONFLICT (run, incident) DO NOTHING`,
      args: [run, incident, savedAt, JSON.stringify(outcome)],
    },
  ];
}

function listOutcomes(key: BacktestKey, after: number): InStatement {
  return {
    sql: 'SELECT number, record FROM backtest_outcomes WHERE run = ? AND number > ? ORDER BY number LIMIT ?',
    args: [runOf(key), after, PAGE],
  };
}

/** Page by page, for a run of thousands is megabytes, and whoever asks meanwhile must not wait for all of it. */
async function readPages(
  read: (after: number) => Promise<{ readonly rows: readonly Row[] }>,
): Promise<BacktestOutcome[]> {
  const outcomes: BacktestOutcome[] = [];
  for (let after = -1; ; ) {
    const { rows } = await read(after);
    // Written by saveOutcome, from a BacktestOutcome.
    for (const row of rows) outcomes.push(parseRecord(row) as BacktestOutcome);
    if (rows.length < PAGE) return outcomes;
    after = Number(rows.at(-1)?.['number']);
    await nextTurn();
  }
}

function discardRun(key: BacktestKey): InStatement[] {
  const args = [runOf(key)];
  return [
    { sql: 'DELETE FROM backtest_outcomes WHERE run = ?', args },
    { sql: 'DELETE FROM backtest_runs WHERE run = ?', args },
  ];
}

function saveCalibration(calibration: Calibration): InStatement {
  const { id, engine, fittedAt } = calibration;
  return {
    sql: `INSERT INTO calibrations (id, engine, fitted_at, record) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    args: [id, engine, toMoment(fittedAt), JSON.stringify(calibration)],
  };
}

function listCalibrations(limit: number): InStatement {
  return { sql: 'SELECT record FROM calibrations ORDER BY fitted_at DESC, number DESC LIMIT ?', args: [limit] };
}

function saveReport(report: BacktestReport): InStatement {
  const { id, engine, ranAt } = report;
  return {
    sql: `INSERT INTO backtest_reports (id, engine, ran_at, record) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    args: [id, engine, toMoment(ranAt), JSON.stringify(report)],
  };
}

/** Of two of one moment, the one that was saved later. */
function newestOf(
  table: 'calibrations' | 'backtest_reports',
  time: 'fitted_at' | 'ran_at',
  engine: EngineName,
): InStatement {
  return {
    sql: `SELECT record FROM ${table} WHERE engine = ? ORDER BY ${time} DESC, number DESC LIMIT 1`,
    args: [engine],
  };
}

/** Written with the same precision, so that their order as texts is that of time. */
function toMoment(time: string): string {
  return new Date(time).toISOString();
}

function parseRecord(row: Row): unknown {
  return JSON.parse(String(row['record']));
}
