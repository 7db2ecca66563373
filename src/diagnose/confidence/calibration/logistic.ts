/** One observation: what was seen, how far it was so (0..1), and how much it counts. */
export interface Sample {
  readonly features: readonly number[];
  readonly target: number;
  readonly weight: number;
}

export interface Curve {
  readonly offset: number;
  readonly slopes: readonly number[];
}

/** Newton's steps; a curve of a few slopes settles in ten. */
const STEPS = 50;
const SETTLED = 1e-9;

/** Holds the slopes back where the data say nothing; with thousands of samples they decide alone. */
const RIDGE = 1;

/** Logistic regression by Newton's method; the targets may lie between. The weights should add up to about the number of independent samples. */
export function fitLogistic(samples: readonly Sample[], ridge = RIDGE): Curve {
  const [first] = samples;
  if (!first) throw new Error('nothing to fit: not a single sample');
  let beta = new Array<number>(first.features.length + 1).fill(0);
  for (let step = 0; step < STEPS; step++) {
    const change = solve(...newtonSystem(samples, beta, ridge));
    beta = beta.map((value, at) => value + (change[at] ?? 0));
    if (change.every((value) => Math.abs(value) < SETTLED)) break;
  }
  const [offset = 0, ...slopes] = beta;
  return { offset, slopes };
}

export function logOddsOf({ offset, slopes }: Curve, features: readonly number[]): number {
  return slopes.reduce((sum, slope, at) => sum + slope * (features[at] ?? 0), offset);
}

export function chanceAt(curve: Curve, features: readonly number[]): number {
  return 1 / (1 + Math.exp(-logOddsOf(curve, features)));
}

/** Curvature and slope of the penalised likelihood at `beta`; the offset is not held back. Plain loops: it is run often. */
function newtonSystem(
  samples: readonly Sample[],
  beta: readonly number[],
  ridge: number,
): [matrix: number[][], right: number[]] {
  const size = beta.length;
  const matrix = beta.map((_, row) => beta.map((__, column): number => (row === column && row > 0 ? ridge : 0)));
  const right = beta.map((value, row) => (row > 0 ? -ridge * value : 0));
  const seen = new Float64Array(size).fill(1);
  for (const { features, target, weight } of samples) {
    let logOdds = beta[0] ?? 0;
    for (let at = 1; at < size; at++) {
      seen[at] = features[at - 1] ?? 0;
      logOdds += (beta[at] ?? 0) * (seen[at] ?? 0);
    }
    const chance = 1 / (1 + Math.exp(-logOdds));
    const curvature = weight * chance * (1 - chance);
    const miss = weight * (target - chance);
    for (let row = 0; row < size; row++) {
      const own = seen[row] ?? 0;
      right[row] = (right[row] ?? 0) + miss * own;
      addScaled(matrix[row] ?? [], seen, curvature * own);
    }
  }
  return [matrix, right];
}

function addScaled(line: number[], other: Float64Array, factor: number): void {
  for (let at = 0; at < line.length; at++) line[at] = (line[at] ?? 0) + factor * (other[at] ?? 0);
}

/** Gaussian elimination with the largest pivot first. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((line, at) => [...line, right[at] ?? 0]);
  for (let column = 0; column < rows.length; column++) {
    const pivot = rows
      .slice(column)
      .reduce((most, line) => (height(line, column) > height(most, column) ? line : most));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(column, 0, pivot);
    for (const line of rows) if (line !== pivot) subtract(line, pivot, column);
  }
  return rows.map((line, at) => (line.at(-1) ?? 0) / (line[at] ?? 1));
}

function height(line: readonly number[], column: number): number {
  return Math.abs(line[column] ?? 0);
}

function subtract(line: number[], pivot: readonly number[], column: number): void {
  const factor = (line[column] ?? 0) / (pivot[column] ?? 1);
  for (const [at, value] of pivot.entries()) line[at] = (line[at] ?? 0) - factor * value;
}
