/** One query's outcome: the documents found, best first, and those that answer it. */
export interface Ranking {
  readonly ranked: readonly string[];
  readonly relevant: ReadonlySet<string>;
}

/** A figure that says how many cases it rests on and how far it can be trusted (bootstrap, 95 %). */
export interface Measured {
  readonly value: number;
  readonly n: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 500;
const INTERVAL = 0.95;

/** Share of the relevant documents among the first `k`. */
export function recallAt(k: number, { ranked, relevant }: Ranking): number {
  return ranked.slice(0, k).filter((id) => relevant.has(id)).length / relevant.size;
}

/** Whether any of the relevant documents is among the first `k`. */
export function hitAt(k: number, { ranked, relevant }: Ranking): number {
  return ranked.slice(0, k).some((id) => relevant.has(id)) ? 1 : 0;
}

/** One over the rank of the first relevant document, 0 beyond `k`. */
export function reciprocalRankAt(k: number, { ranked, relevant }: Ranking): number {
  const rank = ranked.slice(0, k).findIndex((id) => relevant.has(id));
  return rank < 0 ? 0 : 1 / (rank + 1);
}

/** Discounted gain of the first `k`, as a share of what a perfect order would gain; relevance is yes or no. */
export function ndcgAt(k: number, { ranked, relevant }: Ranking): number {
  const discount = (rank: number) => 1 / Math.log2(rank + 2);
  const gain = ranked.slice(0, k).reduce((sum, id, rank) => sum + (relevant.has(id) ? discount(rank) : 0), 0);
  const ideal = sum(Array.from({ length: Math.min(k, relevant.size) }, (_, rank) => discount(rank)));
  return gain / ideal;
}

/** The chance that a positive scores higher than a negative; ties count half. By ranks (Mann–Whitney). */
export function auroc(positives: readonly number[], negatives: readonly number[]): number {
  assertCases(positives.length, 'positive');
  assertCases(negatives.length, 'negative');
  const sorted = [...negatives].sort((a, b) => a - b);
  const wins = positives.map((positive) => (countBelow(sorted, positive) + countUpTo(sorted, positive)) / 2);
  return sum(wins) / (positives.length * negatives.length);
}

function countBelow(sorted: readonly number[], value: number): number {
  return bisect(sorted, (other) => other < value);
}

function countUpTo(sorted: readonly number[], value: number): number {
  return bisect(sorted, (other) => other <= value);
}

/** How many at the start of a sorted list satisfy a condition that only the start satisfies. */
function bisect(sorted: readonly number[], holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] ?? Number.NaN)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The mean over cases. Throws on none: a measurement of nothing must not look like a result. */
export function measureMean(values: readonly number[], random: () => number = seededRandom()): Measured {
  assertCases(values.length, 'case');
  const means = Array.from({ length: RESAMPLES }, () => mean(resample(values, random)));
  return { value: mean(values), n: values.length, ...intervalOf(means) };
}

export function measureAuroc(
  positives: readonly number[],
  negatives: readonly number[],
  random: () => number = seededRandom(),
): Measured {
  const value = auroc(positives, negatives);
  const resampled = Array.from({ length: RESAMPLES }, () =>
    auroc(resample(positives, random), resample(negatives, random)),
  );
  return { value, n: positives.length + negatives.length, ...intervalOf(resampled) };
}

/** A figure of groups of rows that rest on the same case: cases are drawn, never single rows, which would look like more. */
export function measureGroups<Row>(
  groups: readonly (readonly Row[])[],
  figure: (rows: readonly Row[]) => number,
  random: () => number = seededRandom(),
): Measured {
  assertCases(groups.length, 'case');
  const draw = () => groups.flatMap(() => groups[Math.floor(random() * groups.length)] ?? []);
  const figures = Array.from({ length: RESAMPLES }, () => figure(draw()));
  return { value: figure(groups.flat()), n: groups.length, ...intervalOf(figures) };
}

/** Mulberry32: small, fast, and the same intervals on every run. */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function resample(values: readonly number[], random: () => number): number[] {
  return values.map(() => values[Math.floor(random() * values.length)] ?? 0);
}

function intervalOf(values: readonly number[]): { low: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { low: at((1 - INTERVAL) / 2), high: at((1 + INTERVAL) / 2) };
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function assertCases(count: number, what: string): void {
  if (count === 0) throw new Error(`nothing to measure: not a single ${what}`);
}
