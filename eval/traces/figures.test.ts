import { describe, expect, it } from 'vitest';
import { accuracyAt, averageAt, measureShare } from './figures.ts';

describe('accuracy', () => {
  it('asks whether the culprit is among the first', () => {
    expect(accuracyAt(1, ['web', 'db'], ['db'])).toBe(0);
    expect(accuracyAt(3, ['web', 'db'], ['db'])).toBe(1);
    expect(accuracyAt(3, [], ['db'])).toBe(0);
    expect(averageAt(5, ['web', 'db'], ['db'])).toBeCloseTo(0.8);
  });

  it('of two culprits takes either for the first place, and wants both among three', () => {
    expect(accuracyAt(1, ['db', 'web'], ['orders', 'db'])).toBe(1);
    expect(accuracyAt(3, ['db', 'web', 'cart'], ['orders', 'db'])).toBe(0.5);
    expect(accuracyAt(3, ['db', 'web', 'orders'], ['orders', 'db'])).toBe(1);
  });
});

describe('a share', () => {
  it('has the interval of Wilson, which is not empty where all went well', () => {
    const all = measureShare([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(all).toEqual({ value: 1, n: 10, low: expect.closeTo(0.722, 3), high: 1 });
    const half = measureShare([1, 0, 1, 0]);
    expect(half.low).toBeCloseTo(0.15, 2);
    expect(half.high).toBeCloseTo(0.85, 2);
  });

  it('of nothing is no figure', () => {
    expect(() => measureShare([])).toThrow('not a single case');
  });
});
