import type { BacktestKey, BacktestOutcome, BacktestReport } from '../domain/backtest.ts';
import type { Calibration } from '../domain/calibration.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { BacktestStore } from '../ports.ts';

/** The store in this process's memory: for tests, and for trying things out without leaving a trace. */
export function createMemoryBacktests(): BacktestStore {
  const runs = new Map<string, Map<string, BacktestOutcome>>();
  const calibrations = new Map<string, Calibration>();
  const reports = new Map<string, BacktestReport>();
  let isOpen = true;
  const enter = (signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (!isOpen) throw new PrecedentError('casebook-unavailable', 'the casebook is closed');
  };
  return {
    async saveCase(key, outcome, _at, signal) {
      enter(signal);
      const run = runs.get(runOf(key)) ?? new Map<string, BacktestOutcome>();
      runs.set(runOf(key), run);
      keep(run, incidentOf(outcome), outcome);
    },
    async listOutcomes(key, signal) {
      enter(signal);
      return structuredClone([...(runs.get(runOf(key))?.values() ?? [])]);
    },
    async discardRun(key, signal) {
      enter(signal);
      runs.delete(runOf(key));
    },
    async saveCalibration(calibration, signal) {
      enter(signal);
      keep(calibrations, calibration.id, calibration);
    },
    async findCalibration(engine, signal) {
      enter(signal);
      const own = [...calibrations.values()].filter((calibration) => calibration.engine === engine);
      return structuredClone(newestFirst(own, ({ fittedAt }) => fittedAt)[0]);
    },
    async listCalibrations(limit, signal) {
      enter(signal);
      return structuredClone(newestFirst([...calibrations.values()], ({ fittedAt }) => fittedAt).slice(0, limit));
    },
    async saveReport(report, signal) {
      enter(signal);
      keep(reports, report.id, report);
    },
    async findReport(engine, signal) {
      enter(signal);
      const own = [...reports.values()].filter((report) => report.engine === engine);
      return structuredClone(newestFirst(own, ({ ranAt }) => ranAt)[0]);
    },
    async [Symbol.asyncDispose]() {
      isOpen = false;
    },
  };
}

function runOf({ engine, recipe, generation, incidents }: BacktestKey): string {
  return JSON.stringify([engine, recipe, generation, incidents]);
}

function incidentOf(outcome: BacktestOutcome): string {
  return outcome.kind === 'asked' ? outcome.case.incident : outcome.skipped.incident;
}

/** Nothing replaces what is there. */
function keep<Value>(records: Map<string, Value>, id: string, value: Value): void {
  if (!records.has(id)) records.set(id, structuredClone(value));
}

/** Of two of one moment, the one that was saved later is the newer. */
function newestFirst<Record>(records: readonly Record[], timeOf: (record: Record) => string): Record[] {
  return [...records].reverse().sort((a, b) => Date.parse(timeOf(b)) - Date.parse(timeOf(a)));
}
