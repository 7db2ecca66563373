import { describe, expect, it } from 'vitest';
import { comparePaired } from './paired.ts';

describe('two systems on the same questions', () => {
  it('are compared question by question', () => {
    const { wins, ties, losses, difference } = comparePaired([1, 0.5, 0, 1], [0, 0.5, 1, 0]);
    expect({ wins, ties, losses }).toEqual({ wins: 2, ties: 1, losses: 1 });
    expect(difference).toMatchObject({ value: 0.25, n: 4 });
  });

  it('that agree on every question differ by nothing, without spread', () => {
    expect(comparePaired([1, 0, 0.5], [1, 0, 0.5]).difference).toEqual({ value: 0, n: 3, low: 0, high: 0 });
  });

  it('are told apart sooner than two intervals would: what both find hard cancels out', () => {
    const theirs = Array.from({ length: 40 }, (_, at) => (at % 4) / 4);
    const { difference } = comparePaired(
      theirs.map((value) => value + 0.1),
      theirs,
    );
    expect(difference.low).toBeGreaterThan(0);
  });

  it('need the same questions, and at least one', () => {
    expect(() => comparePaired([1], [1, 0])).toThrow('not the same');
    expect(() => comparePaired([], [])).toThrow('not a single case');
  });
});
