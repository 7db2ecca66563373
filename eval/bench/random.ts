export { createSeededRandom as createRandom } from '../../src/domain/seeded-random.ts';

/** A number of the standard normal distribution. */
export function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
