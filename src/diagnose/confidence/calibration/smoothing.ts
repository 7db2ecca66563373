import type { GradedCase } from '../../../domain/calibration.ts';

/** Scores of 0 and 1 would be infinitely sure; so would a curve that runs on beyond the scores it has seen. */
const SUREST = 0.999;

/** No score and no chance says more than a thousand cases could. */
export function keepFinite(chance: number): number {
  return Math.min(SUREST, Math.max(1 - SUREST, chance));
}

export function logOdds(score: number): number {
  const bounded = keepFinite(score);
  return Math.log(bounded / (1 - bounded));
}

/**
 * Holds slopes back only where cases lie so far apart that nothing else would: smoothed targets do the rest, and more of it
 * flattens the curves of scores that lie close together.
 */
export const RIDGE = 0.1;

/** What a right and a wrong case count as. */
export interface SmoothedTargets {
  readonly right: number;
  readonly wrong: number;
}

/**
 * As Platt did: of n₊ right cases each counts as (n₊ + 1)/(n₊ + 2), so a history without a single mistake promises no
 * certainty.
 */
export function smoothTargets(cases: readonly GradedCase[]): SmoothedTargets {
  const right = countRight(cases);
  return { right: (right + 1) / (right + 2), wrong: 1 / (cases.length - right + 2) };
}

/** The share that was right, with one more of each: never 0 nor 1. */
export function smoothedRate(cases: readonly GradedCase[]): number {
  return (countRight(cases) + 1) / (cases.length + 2);
}

function countRight(cases: readonly GradedCase[]): number {
  return cases.reduce((sum, { isRight }) => sum + Number(isRight), 0);
}
