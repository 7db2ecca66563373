import type { BacktestKey, BacktestOutcome, BacktestReport } from '../domain/backtest.ts';
import type { Calibration } from '../domain/calibration.ts';
import type { EngineName } from '../domain/engine.ts';

/**
 * Runs of the backtest, case by case, and what was fitted on them. Records are kept; nothing replaces another.
 * Errors: `casebook-unavailable` (retryable).
 */
export interface BacktestStore extends AsyncDisposable {
  /** Keeps the outcome of one incident in the run of this key; the same incident again changes nothing. */
  saveCase(key: BacktestKey, outcome: BacktestOutcome, at: Date, signal?: AbortSignal): Promise<void>;
  /** What this run has so far, in the order in which it was saved. */
  listOutcomes(key: BacktestKey, signal?: AbortSignal): Promise<BacktestOutcome[]>;
  /** Forgets what this run has so far, so that it begins anew. */
  discardRun(key: BacktestKey, signal?: AbortSignal): Promise<void>;
  saveCalibration(calibration: Calibration, signal?: AbortSignal): Promise<void>;
  /** The newest of this engine. */
  findCalibration(engine: EngineName, signal?: AbortSignal): Promise<Calibration | undefined>;
  /** Newest first, at most so many. */
  listCalibrations(limit: number, signal?: AbortSignal): Promise<Calibration[]>;
  /** Keeps a finished run's report, as it was shown. */
  saveReport(report: BacktestReport, signal?: AbortSignal): Promise<void>;
  /** The newest of this engine. */
  findReport(engine: EngineName, signal?: AbortSignal): Promise<BacktestReport | undefined>;
}
