import type { Chunk } from '../../domain/document.ts';
import { messageOf } from '../../domain/errors.ts';
import type { ScoreBreakdown } from '../../domain/evidence.ts';
import type { Reranker } from '../../ports.ts';

/**
 * What the reranker has of the say among the documents it read. Simulated rerankers of every strength over five sets of
 * questions (docs/adr has the table): at .3 any that tells an answer from another document three times of four is a gain,
 * and one that knows nothing costs .07 of R@1; at .5 that costs .25, and a middling one loses, too.
 */
const RERANK_SHARE = 0.3;

/** A search that waits longer is worth less than the order it has already. */
const LIMIT_MS = 2_000;

/** Nothing is certain: keeps the log-odds of a reranker that says 0 or 1 finite. */
const CERTAINTY = 1e-6;

interface RerankRow {
  readonly score: number;
  readonly scores: ScoreBreakdown;
}

export interface RerankOptions<Row> {
  readonly reranker: Pick<Reranker, 'score' | 'maxPairs'>;
  /** How many of the first are read. */
  readonly depth: number;
  /** The row's best passage; asked only of rows that are read. */
  readonly passageOf: (row: Row) => string;
  readonly limitMs?: number;
}

export interface Reranked<Row> {
  readonly ranked: readonly Row[];
  /** Why the order is as it was, in words. */
  readonly degraded?: string;
}

/** What is read of a chunk: where it stands, then what it says. */
export function toPassage({ header, text }: Pick<Chunk, 'header' | 'text'>): string {
  return `${header.replaceAll('\n', '. ')}. ${text}`;
}

/**
 * The first rows of `ranked` (best first) in the order of what they scored and of what the reranker says of them. Rows
 * that the query names stay as they are. A reranker that fails or is slow leaves everything as it was; only the caller's
 * own signal throws.
 */
export async function rerank<Row extends RerankRow>(
  query: string,
  ranked: readonly Row[],
  { reranker, depth, passageOf, limitMs = LIMIT_MS }: RerankOptions<Row>,
  signal?: AbortSignal,
): Promise<Reranked<Row>> {
  signal?.throwIfAborted();
  const named = ranked.filter(isNamed);
  const others = ranked.filter((row) => !isNamed(row));
  const read = others.slice(0, Math.min(depth, reranker.maxPairs));
  if (query.trim() === '' || read.length < 2) return { ranked };
  try {
    const heard = await askWithin(limitMs, signal, (either) => reranker.score(query, read.map(passageOf), either));
    const blended = blend(read, heard);
    // Stable, so that a named row stays before whatever it stood before and the unread stay behind the read.
    const order = [...named, ...blended, ...others.slice(read.length)].sort((a, b) => b.score - a.score);
    return { ranked: order };
  } catch (error) {
    signal?.throwIfAborted();
    return { ranked, degraded: `the reranker was left out: ${messageOf(error)}` };
  }
}

function isNamed({ scores }: RerankRow): boolean {
  return scores.exact === 1;
}

/** The answer or the end of its time, whichever comes first, even when a driver does not heed the signal. */
async function askWithin<T>(
  limitMs: number,
  signal: AbortSignal | undefined,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${limitMs / 1_000} s`)), limitMs);
  const either = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
  const late = new Promise<never>((_resolve, reject) => {
    either.addEventListener('abort', () => reject(either.reason), { once: true });
  });
  try {
    return await Promise.race([late, ask(either)]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The reranker's scores are stretched over the span that the rows' own scores have. So what was read stays above what
 * was not, and a model that is sure of nothing (.001 for one, .0001 for the next) says as much as one that is: what
 * counts is the odds between them.
 */
function blend<Row extends RerankRow>(rows: readonly Row[], heard: readonly number[]): Row[] {
  if (heard.length !== rows.length || !heard.every(Number.isFinite)) {
    throw new Error(`it gave ${heard.filter(Number.isFinite).length} scores for ${rows.length} passages`);
  }
  const own = rows.map(({ score }) => score);
  const [low, high] = [Math.min(...own), Math.max(...own)];
  const odds = heard.map(logOdds);
  const [least, most] = [Math.min(...odds), Math.max(...odds)];
  return rows.map((row, position) => {
    const rerank = heard[position] ?? 0;
    const share = most === least ? undefined : (logOdds(rerank) - least) / (most - least);
    const said = share === undefined ? row.score : Math.min(high, low + (high - low) * share);
    return {
      ...row,
      score: row.score + RERANK_SHARE * (said - row.score),
      scores: { ...row.scores, rerank: Math.min(1, Math.max(0, rerank)) },
    };
  });
}

function logOdds(chance: number): number {
  const certain = Math.min(1 - CERTAINTY, Math.max(CERTAINTY, chance));
  return Math.log(certain / (1 - certain));
}
