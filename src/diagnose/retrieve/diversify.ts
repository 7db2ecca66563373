import type { ScoreBreakdown } from '../../domain/evidence.ts';

/** What each further row of one root-cause category keeps of its score. */
const REPEAT = 0.9;

interface Row {
  readonly score: number;
  readonly scores: ScoreBreakdown;
}

/**
 * Lets other explanations be seen: each further incident of a root-cause category counts a little less (RCACopilot takes
 * one neighbour per category; a hard rule would hide that ten of ten agree). Greedy; `diversity` says what was left. Takes
 * rows best first and gives back the first `k`. For readers and examples: whoever votes keeps an undiminished say.
 */
export function diversify<R extends Row>(
  rows: readonly R[],
  k: number,
  categoryOf: (row: R) => string | undefined,
): R[] {
  const waiting = [...rows];
  const seen = new Map<string, number>();
  const chosen: R[] = [];
  while (chosen.length < k && waiting.length > 0) {
    const { at, row } = findBest(waiting, (candidate) => diminish(candidate, seen.get(categoryOf(candidate) ?? '')));
    waiting.splice(at, 1);
    const category = categoryOf(row);
    if (category !== undefined) seen.set(category, (seen.get(category) ?? 0) + 1);
    chosen.push(row);
  }
  return chosen;
}

/** Scores only fall, so once one is above all that follow, nobody further down can win. */
function findBest<R extends Row>(
  waiting: readonly R[],
  weigh: (row: R) => R,
): { readonly at: number; readonly row: R } {
  let best: { readonly at: number; readonly row: R } | undefined;
  for (const [at, candidate] of waiting.entries()) {
    if (best && candidate.score <= best.row.score) break;
    const row = weigh(candidate);
    if (!best || row.score > best.row.score) best = { at, row };
  }
  if (!best) throw new RangeError('nothing to choose from');
  return best;
}

function diminish<R extends Row>(row: R, repeats = 0): R {
  // What the query names stands where it stands.
  if (repeats === 0 || row.scores.exact === 1) return row;
  const diversity = REPEAT ** repeats;
  return { ...row, score: row.score * diversity, scores: { ...row.scores, diversity } };
}
