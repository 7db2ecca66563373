import type { BacktestReport, SkippedIncident } from '../../domain/backtest.ts';

export const STALE =
  'Incidents have changed since this run, so it judges another history than the one that is served: run precedent backtest again.';

export const REASONS: Readonly<Record<SkippedIncident['reason'], string>> = {
  'no-cause': 'it names neither a category nor rootCause.service',
  'no-symptoms': 'it tells no symptoms that could be asked',
  superseded: 'a later document supersedes it',
  draft: 'nobody has reviewed it yet',
  'nothing-before': 'too little had happened before it',
  failed: 'it could not be answered',
};

export function titleOf({ engine }: Pick<BacktestReport, 'engine'>): string {
  return engine === 'llm' ? 'Backtest of the LLM engine' : 'Backtest';
}

/** What each part says, for somebody who has not seen one before. */
export const INTRODUCTIONS = {
  found:
    'Every past incident was asked as if it happened again on its own day: without itself, its duplicates, its outage and ' +
    'all that came later. In brackets the 95 % interval (Clopper–Pearson).',
  later:
    'Curves and thresholds come from the older cases, the figures from newer ones that they never saw: what would have ' +
    'happened. Brier skill: 1 is perfect, 0 no better than always saying the base rate. ECE is by how much confidence ' +
    'misses; "if true" is what a perfectly calibrated model shows on so few cases.',
  leftOut:
    'The curves in use, each case judged by a fit without it. More cases than by time, and nothing of how incidents change.',
  reliability: 'Of answers that said so much, how many were right.',
  byCategory: 'The whole of the cause that the postmortem names.',
  byMonth: 'The same by month: as history grows, it should rise.',
  missed:
    'Not among the first five, though it might have been. A category spelled in two ways, or a cause that no postmortem names, is worth mending.',
  thresholds:
    'The lowest confidence from which on risk is shown to stay within its bound (95 % sure), how many answers are that sure, ' +
    'and how many of those were wrong. Acting goes by service and category together.',
  coverage:
    'If only the surest answers were given: how many of those would be wrong. The lower and the further to the right, the better.',
  reliabilityPlot:
    'Each dot is a fifth of the cases. On the line, what was said is what was so; below it, confidence claims too much. ' +
    'A dot within its shaded band is no further off than a perfectly calibrated model would be on so few cases.',
} as const;
