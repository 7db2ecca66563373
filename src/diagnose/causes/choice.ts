import type { Pace } from '../retrieve/pace.ts';
import { minimise, type Slope } from './minimise.ts';

/** A sparse vector of features. */
export interface Row {
  readonly index: Int32Array;
  readonly value: Float32Array;
}

/** One past decision between options: a row for each, or one row when the options differ by their weights alone. */
export interface Choice {
  readonly rows: readonly Row[];
  readonly chosen: number;
}

export interface ChoiceShape {
  readonly features: number;
  /** 1: one weight per feature, and options differ by their rows; more: each option has weights of its own. */
  readonly options: number;
  /** How strongly weights are held at 0. */
  readonly ridge: number;
}

/** So many multiplications take as long as reading a character. */
const PER_COST = 3;
const SLICE = 50_000;

/**
 * Weights under which the past choices were most likely: a conditional logit with a ridge. The sum is convex, so there is
 * one answer, whatever the order of the choices.
 */
export function fitChoices(choices: readonly Choice[], shape: ChoiceShape, pace: Pace): Promise<Float64Array> {
  const slopeAt = async (weights: Float64Array): Promise<Slope> => {
    const gradient = new Float64Array(weights.length);
    let value = holdAtZero(weights, shape.ridge, gradient);
    let work = weights.length;
    for (const choice of choices) {
      value += addSlope(choice, weights, shape.options, gradient);
      work += choice.rows.reduce((sum, row) => sum + row.index.length, 0) * shape.options;
      if (work < SLICE) continue;
      await pace.spend(work / PER_COST);
      work = 0;
    }
    return { value, gradient };
  };
  return minimise(slopeAt, new Float64Array(shape.features * shape.options), pace);
}

/** What the ridge adds to the slope; returns what it adds to the value. */
function holdAtZero(weights: Float64Array, ridge: number, gradient: Float64Array): number {
  let value = 0;
  for (let at = 0; at < weights.length; at++) {
    const weight = weights[at] ?? 0;
    gradient[at] = ridge * weight;
    value += (ridge * weight * weight) / 2;
  }
  return value;
}

/** How likely each option is, 0..1 in sum. */
export function weighOptions(rows: readonly Row[], weights: Float64Array, options: number): number[] {
  return softmax(scoreOptions(rows, weights, options));
}

function scoreOptions(rows: readonly Row[], weights: Float64Array, options: number): number[] {
  if (options === 1) return rows.map((row) => dot(row, weights));
  const scores = new Array<number>(options).fill(0);
  const [row] = rows;
  if (!row) return scores;
  for (let at = 0; at < row.index.length; at++) {
    const value = row.value[at] ?? 0;
    const from = (row.index[at] ?? 0) * options;
    for (let option = 0; option < options; option++) {
      scores[option] = (scores[option] ?? 0) + value * (weights[from + option] ?? 0);
    }
  }
  return scores;
}

/** Adds one choice's slope; returns how unlikely the choice is, as minus its logarithm. */
function addSlope({ rows, chosen }: Choice, weights: Float64Array, options: number, gradient: Float64Array): number {
  const chances = weighOptions(rows, weights, options);
  const surplus = chances.map((chance, option) => (option === chosen ? chance - 1 : chance));
  if (options === 1) for (const [option, row] of rows.entries()) addRow(row, surplus[option] ?? 0, gradient);
  else addBlocks(rows[0], surplus, gradient);
  return -Math.log(Math.max(chances[chosen] ?? 0, Number.MIN_VALUE));
}

function addRow({ index, value }: Row, factor: number, gradient: Float64Array): void {
  for (let at = 0; at < index.length; at++) {
    const feature = index[at] ?? 0;
    gradient[feature] = (gradient[feature] ?? 0) + factor * (value[at] ?? 0);
  }
}

function addBlocks(row: Row | undefined, surplus: readonly number[], gradient: Float64Array): void {
  if (!row) return;
  for (let at = 0; at < row.index.length; at++) {
    const value = row.value[at] ?? 0;
    const from = (row.index[at] ?? 0) * surplus.length;
    for (let option = 0; option < surplus.length; option++) {
      gradient[from + option] = (gradient[from + option] ?? 0) + value * (surplus[option] ?? 0);
    }
  }
}

function dot({ index, value }: Row, weights: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < index.length; at++) sum += (value[at] ?? 0) * (weights[index[at] ?? 0] ?? 0);
  return sum;
}

function softmax(scores: readonly number[]): number[] {
  const most = scores.reduce((high, score) => Math.max(high, score), Number.NEGATIVE_INFINITY);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
