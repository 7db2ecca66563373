import type { Postings } from './postings.ts';

export interface LexicalMatch {
  readonly key: string;
  /** BM25, unbounded; comparable within one query only. */
  readonly score: number;
  /** Distinct query terms found in the document; looked up when read. */
  readonly terms: readonly string[];
}

/** What a query found. */
export interface LexicalRanking {
  /** How many documents. */
  readonly found: number;
  /** Their lowest and highest score: what scaling calls 0 and 1. Both 0 when nothing was found. */
  readonly lowest: number;
  readonly highest: number;
  /** The first so many, best first. */
  best(limit: number): LexicalMatch[];
  /** Of a document that was found otherwise; undefined when it shares no word. */
  scoreOf(key: string): number | undefined;
  /** What a document that was found otherwise has in common with the query. */
  find(key: string): LexicalMatch | undefined;
}

interface Indexed {
  readonly postings: Postings;
  /** Keys by document number, and the other way round. */
  readonly keys: readonly string[];
  readonly positions: ReadonlyMap<string, number>;
}

/** Adds up what each term says of each document; `weights` holds known terms only. */
export function rankDocuments(
  weights: ReadonlyMap<string, number>,
  { postings, keys, positions }: Indexed,
  accept?: (key: string) => boolean,
): LexicalRanking {
  const scores = addUp(weights, postings, keys.length);
  const found = listFound(scores, keys, accept);
  const [lowest, highest] = rangeOf(scores, found);
  const toMatch = (document: number): LexicalMatch => ({
    key: keys[document] ?? '',
    score: scores[document] ?? 0,
    get terms() {
      return [...weights.keys()].filter((term) => holds(postings, term, document));
    },
  });
  return {
    found: found.length,
    lowest,
    highest,
    best: (limit) =>
      listBest(scores, found, limit, [lowest, highest])
        .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
        .slice(0, limit)
        .map(toMatch),
    scoreOf: (key) => scores[positions.get(key) ?? -1] || undefined,
    find(key) {
      const document = positions.get(key);
      return document === undefined || scores[document] === 0 ? undefined : toMatch(document);
    },
  };
}

function addUp(weights: ReadonlyMap<string, number>, postings: Postings, size: number): Float64Array {
  const totals = new Float64Array(size);
  const { documents, scores } = postings;
  for (const [term, weight] of weights) {
    const [start, end] = entriesOf(postings, term);
    for (let entry = start; entry < end; entry++) {
      const document = documents[entry] ?? 0;
      totals[document] = (totals[document] ?? 0) + weight * (scores[entry] ?? 0);
    }
  }
  return totals;
}

/** Documents with a score, by number; what is not accepted loses its score. */
function listFound(scores: Float64Array, keys: readonly string[], accept?: (key: string) => boolean): Uint32Array {
  const found = new Uint32Array(scores.length);
  let count = 0;
  for (let document = 0; document < scores.length; document++) {
    if (scores[document] === 0) continue;
    if (accept && !accept(keys[document] ?? '')) scores[document] = 0;
    else found[count++] = document;
  }
  return found.subarray(0, count);
}

type Range = readonly [lowest: number, highest: number];

function rangeOf(scores: Float64Array, found: Uint32Array): Range {
  if (found.length === 0) return [0, 0];
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (const document of found) {
    const score = scores[document] ?? 0;
    if (score < lowest) lowest = score;
    if (score > highest) highest = score;
  }
  return [lowest, highest];
}

/** So many steps between the lowest and the highest score. */
const STEPS = 1_023;

/** The best `limit` in no order, and those that share the last one's step: sorting all of them would take ten times as long. */
function listBest(scores: Float64Array, found: Uint32Array, limit: number, [lowest, highest]: Range): number[] {
  const scale = highest > lowest ? STEPS / (highest - lowest) : 0;
  const stepOf = (document: number) => Math.floor(((scores[document] ?? 0) - lowest) * scale);
  const counts = new Uint32Array(STEPS + 1);
  for (const document of found) {
    const step = stepOf(document);
    counts[step] = (counts[step] ?? 0) + 1;
  }
  let least = STEPS;
  for (let kept = counts[least] ?? 0; kept < limit && least > 0; kept += counts[least] ?? 0) least--;
  const best: number[] = [];
  for (const document of found) if (stepOf(document) >= least) best.push(document);
  return best;
}

function entriesOf({ terms, starts }: Postings, term: string): readonly [start: number, end: number] {
  const number = terms.find(term);
  return number === undefined ? [0, 0] : [starts[number] ?? 0, starts[number + 1] ?? 0];
}

/** By halving: documents rise within a term. */
function holds(postings: Postings, term: string, document: number): boolean {
  let [low, high] = entriesOf(postings, term);
  const end = high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((postings.documents[middle] ?? 0) < document) low = middle + 1;
    else high = middle;
  }
  return low < end && postings.documents[low] === document;
}
