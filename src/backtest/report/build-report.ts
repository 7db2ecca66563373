import type { BacktestReport, SkippedIncident } from '../../domain/backtest.ts';
import { PrecedentError } from '../../domain/errors.ts';
import { buildFound, groupByCategory, groupByMonth, judgeUnseen } from './found.ts';
import { type ConfidenceInput, judgeConfidence } from './judge-confidence.ts';
import { listNotes } from './notes.ts';

export interface ReportInput extends ConfidenceInput {
  readonly skipped: readonly SkippedIncident[];
}

/** What a run shows, in figures and in the words that they need. Throws `nothing-to-judge` without a case. */
export async function buildReport(input: ReportInput): Promise<BacktestReport> {
  const { cases, skipped, calibration } = input;
  if (cases.length === 0) {
    throw new PrecedentError(
      'nothing-to-judge',
      'no incident was answered, so there is nothing to report: run precedent backtest where postmortems name a category or rootCause.service',
    );
  }
  const confidence = await judgeConfidence(input);
  const { id, engine, recipe, generation, fittedAt } = calibration;
  return {
    id,
    engine,
    recipe,
    generation,
    ranAt: fittedAt,
    isStale: false,
    asked: cases.length,
    skipped: [...skipped],
    found: buildFound(cases),
    byCategory: groupByCategory(cases),
    byMonth: groupByMonth(cases),
    unseen: judgeUnseen(cases),
    confidence: [...confidence.judged],
    notes: listNotes(input, confidence),
    cases: [...cases],
  };
}
