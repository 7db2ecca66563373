/** Spearman's rank correlation, ties sharing their middle rank; undefined where one side never varies. */
export function correlateRanks(a: Float64Array, b: Float64Array): number | undefined {
  const ranksA = toRanks(a);
  const ranksB = toRanks(b);
  const middle = (a.length + 1) / 2;
  let together = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [index, rank] of ranksA.entries()) {
    const fromA = rank - middle;
    const fromB = (ranksB[index] ?? middle) - middle;
    together += fromA * fromB;
    squaresA += fromA * fromA;
    squaresB += fromB * fromB;
  }
  return squaresA > 0 && squaresB > 0 ? together / Math.sqrt(squaresA * squaresB) : undefined;
}

function toRanks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, index) => index).sort((x, y) => (values[x] ?? 0) - (values[y] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    const value = values[order[from] ?? 0];
    let to = from;
    while (to < order.length && values[order[to] ?? 0] === value) to++;
    for (let at = from; at < to; at++) ranks[order[at] ?? 0] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

export interface BlockCorrelation {
  /** Middle of the blocks' correlations. */
  readonly typical: number;
  /** Standard errors of their sum above what chance gives. */
  readonly z: number;
}

/**
 * Rank correlation inside blocks of neighbours. What differs between blocks has no part in it: an onset in the middle of a
 * window, after which everything is larger, looks like a correlation of anything with anything, and touches one block here.
 */
export function correlateBlocks(a: Float64Array, b: Float64Array, size: number): BlockCorrelation {
  const found: number[] = [];
  for (let from = 0; from + size <= a.length; from += size) {
    const correlation = correlateRanks(a.subarray(from, from + size), b.subarray(from, from + size));
    if (correlation !== undefined) found.push(correlation);
  }
  if (found.length === 0) return { typical: 0, z: 0 };
  const sum = found.reduce((total, correlation) => total + correlation, 0);
  found.sort((x, y) => x - y);
  const middle = (found.length - 1) / 2;
  return {
    typical: ((found[Math.floor(middle)] ?? 0) + (found[Math.ceil(middle)] ?? 0)) / 2,
    z: (sum * Math.sqrt(size - 1)) / Math.sqrt(found.length),
  };
}
