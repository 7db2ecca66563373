import { describe, expect, it } from 'vitest';
import { chanceAt, fitLogistic, logOddsOf } from './logistic.ts';

describe('a logistic curve', () => {
  it('finds the chance of each side from how often it was so', () => {
    const side = (at: number, wins: number) =>
      Array.from({ length: 1000 }, (_, n) => ({ features: [at], isTrue: n < wins, weight: 1 }));
    const curve = fitLogistic([...side(0, 200), ...side(1, 900)]);
    expect(chanceAt(curve, [0])).toBeCloseTo(0.2, 2);
    expect(chanceAt(curve, [1])).toBeCloseTo(0.9, 2);
    expect(logOddsOf(curve, [0])).toBeCloseTo(curve.offset, 10);
  });

  it('counts a sample as often as it weighs', () => {
    const curve = fitLogistic([
      { features: [0], isTrue: true, weight: 30 },
      { features: [0], isTrue: false, weight: 10 },
    ]);
    expect(chanceAt(curve, [0])).toBeCloseTo(0.75, 6);
  });

  it('stays finite where both sides fall apart', () => {
    const { slopes } = fitLogistic([
      { features: [-1], isTrue: false, weight: 1 },
      { features: [1], isTrue: true, weight: 1 },
    ]);
    expect(slopes[0]).toBeGreaterThan(0);
    expect(slopes[0]).toBeLessThan(10);
  });

  it('needs something to fit', () => {
    expect(() => fitLogistic([])).toThrow('not a single sample');
  });
});
