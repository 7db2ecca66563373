import type { ScoreBreakdown } from '../../../domain/evidence.ts';

/** The most that verdicts can add to a score or take from it: they order what the legs found, they do not find. */
const FEEDBACK_SHARE = 0.1;

/** What a score is multiplied by: 1 when people are even, 0.92..1.08 at the ends of what a prior can be. */
export function feedbackFactor(prior: number | undefined): number {
  return prior === undefined ? 1 : 1 + FEEDBACK_SHARE * (2 * prior - 1);
}

/** Equal scores are put in order by name, and a name must not decide this. */
const JUST_BELOW = 1 - 1e-9;

interface Row {
  readonly score: number;
  readonly scores: ScoreBreakdown;
}

/**
 * `rows`, best first, weighed by their priors and in their new order. No verdict lifts a row above one that the query
 * names and that stood before it, nor sinks a named row below one that stood after it.
 */
export function applyFeedback<R extends Row>(rows: readonly R[], priorOf: (row: R) => number | undefined): R[] {
  let ceiling = Number.POSITIVE_INFINITY;
  const weighed = rows.map((row) => {
    const prior = priorOf(row);
    const score = row.score * feedbackFactor(prior);
    if (isNamed(row)) ceiling = Math.min(ceiling, score);
    const scores = prior === undefined ? row.scores : { ...row.scores, feedback: prior };
    return { ...row, scores, score: isNamed(row) ? score : Math.min(score, ceiling * JUST_BELOW) };
  });
  // What was lifted above 1 takes all others down with it, so that the order stays and a score stays a score.
  const top = weighed.reduce((highest, { score }) => Math.max(highest, score), 1);
  return weighed.map((row) => ({ ...row, score: row.score / top })).sort((a, b) => b.score - a.score);
}

function isNamed({ scores }: Row): boolean {
  return scores.exact === 1;
}
