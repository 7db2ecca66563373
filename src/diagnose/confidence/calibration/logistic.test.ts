import { describe, expect, it } from 'vitest';
import { chanceAt, fitLogistic, logOddsOf } from './logistic.ts';

describe('a logistic curve', () => {
  it('finds the chance of each side from how often it was so', () => {
    const side = (at: number, wins: number) =>
      Array.from({ length: 1000 }, (_, n) => ({ features: [at], target: Number(n < wins), weight: 1 }));
    const curve = fitLogistic([...side(0, 200), ...side(1, 900)]);
    expect(chanceAt(curve, [0])).toBeCloseTo(0.2, 2);
    expect(chanceAt(curve, [1])).toBeCloseTo(0.9, 2);
    expect(logOddsOf(curve, [0])).toBeCloseTo(curve.offset, 10);
  });

  it('counts a sample as often as it weighs', () => {
    const curve = fitLogistic([
      { features: [0], target: 1, weight: 30 },
      { features: [0], target: 0, weight: 10 },
    ]);
    expect(chanceAt(curve, [0])).toBeCloseTo(0.75, 6);
  });

  it('takes a target between so and not so as that share of both', () => {
    const soft = fitLogistic([
      { features: [0], target: 0.3, weight: 40 },
      { features: [1], target: 0.8, weight: 40 },
    ]);
    const hard = fitLogistic([
      { features: [0], target: 1, weight: 12 },
      { features: [0], target: 0, weight: 28 },
      { features: [1], target: 1, weight: 32 },
      { features: [1], target: 0, weight: 8 },
    ]);
    expect(soft.offset).toBeCloseTo(hard.offset, 6);
    expect(soft.slopes[0]).toBeCloseTo(hard.slopes[0]!, 6);
  });

  it('stays finite where both sides fall apart', () => {
    const { slopes } = fitLogistic([
      { features: [-1], target: 0, weight: 1 },
      { features: [1], target: 1, weight: 1 },
    ]);
    expect(slopes[0]).toBeGreaterThan(0);
    expect(slopes[0]).toBeLessThan(10);
  });

  it('needs something to fit', () => {
    expect(() => fitLogistic([])).toThrow('not a single sample');
  });
});
