import { createSeededRandom } from '../domain/seeded-random.ts';

/** Randomness of made-up traces: a number from 0 up to 1, the same sequence for the same seed. */
export type Random = () => number;

/** 32 bits of state are plenty for test data, and every engine computes the same. */
export const createRandom: (seed: number) => Random = createSeededRandom;

/** Box–Muller; 1 − random() keeps the logarithm finite. */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function pick<Item>(random: Random, items: readonly Item[]): Item | undefined {
  return items[Math.floor(random() * items.length)];
}

export function between(low: number, high: number, random: Random): number {
  return low + (high - low) * random();
}
