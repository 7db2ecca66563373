import { type Measured, measureMean } from './metrics.ts';

/** Two systems on the same questions: how often the one is better, and by how much on average (paired bootstrap). */
export interface Paired {
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Mean difference; where its interval holds 0 the two cannot be told apart. */
  readonly difference: Measured;
}

const SAME = 1e-9;

/** Question by question: resampling the differences keeps each pair together. */
export function comparePaired(ours: readonly number[], theirs: readonly number[]): Paired {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} against ${theirs.length} questions: not the same`);
  const differences = ours.map((value, at) => value - (theirs[at] ?? 0));
  const wins = differences.filter((difference) => difference > SAME).length;
  const losses = differences.filter((difference) => difference < -SAME).length;
  return { wins, losses, ties: differences.length - wins - losses, difference: measureMean(differences) };
}
