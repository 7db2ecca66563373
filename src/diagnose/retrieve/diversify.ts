import type { Ranked } from './rank.ts';
import { byScore } from './rank.ts';

/** What each further row of one root-cause category keeps of its score. */
const REPEAT = 0.9;

/**
 * Lets other explanations be seen: each further incident of a root-cause category counts a little less (RCACopilot takes
 * one neighbour per category; a hard rule would hide that ten of ten agree). Greedy, best first; `diversity` says what
 * was left. The first `k` come back.
 */
export function diversify<Row extends Ranked>(rows: readonly Row[], k: number): Row[] {
  const waiting = [...rows].sort(byScore);
  const seen = new Map<string, number>();
  const chosen: Row[] = [];
  while (chosen.length < k && waiting.length > 0) {
    const next = takeBest(waiting, seen);
    const category = categoryOf(next);
    if (category !== undefined) seen.set(category, (seen.get(category) ?? 0) + 1);
    chosen.push(next);
  }
  return chosen;
}

/** Scores only fall, so once an undiminished one is above all that follow, nobody further down can win. */
function takeBest<Row extends Ranked>(waiting: Row[], seen: ReadonlyMap<string, number>): Row {
  let best: { readonly at: number; readonly row: Row } | undefined;
  for (const [at, row] of waiting.entries()) {
    if (best && row.score <= best.row.score) break;
    const diminished = diminish(row, seen);
    if (!best || diminished.score > best.row.score) best = { at, row: diminished };
  }
  if (!best) throw new RangeError('nothing to choose from');
  waiting.splice(best.at, 1);
  return best.row;
}

function diminish<Row extends Ranked>(row: Row, seen: ReadonlyMap<string, number>): Row {
  const category = categoryOf(row);
  const repeats = category === undefined ? 0 : (seen.get(category) ?? 0);
  // What the query names stands where it stands.
  if (repeats === 0 || row.scores.exact === 1) return row;
  const diversity = REPEAT ** repeats;
  return { ...row, score: row.score * diversity, scores: { ...row.scores, diversity } };
}

function categoryOf({ document }: Ranked): string | undefined {
  return document.kind === 'incident' ? document.category : undefined;
}
