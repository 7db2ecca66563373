import { describe, expect, it } from 'vitest';
import { applyFeedback, feedbackFactor } from './order.ts';

const row = (key: string, score: number, exact?: number) => ({
  key,
  score,
  scores: exact === undefined ? {} : { exact },
});

function order(rows: readonly ReturnType<typeof row>[], priors: Record<string, number>) {
  return applyFeedback(rows, ({ key }) => priors[key]);
}

const keysOf = (rows: readonly { readonly key: string }[]) => rows.map(({ key }) => key).join(' ');

it.each([
  [undefined, 1],
  [0.5, 1],
  [2 / 3, 1 + 0.1 / 3],
  [0.9, 1.08],
  [0.1, 0.92],
])('a prior of %s multiplies a score by %s', (prior, factor) => {
  expect(feedbackFactor(prior)).toBeCloseTo(factor, 10);
});

describe('feedback', () => {
  it('moves neighbours, shows why, and leaves what nobody judged as it was', () => {
    const moved = order([row('a', 0.8), row('b', 0.79), row('c', 0.3)], { b: 2 / 3 });
    expect(keysOf(moved)).toBe('b a c');
    expect(moved[0]).toMatchObject({ score: 0.79 * feedbackFactor(2 / 3), scores: { feedback: 2 / 3 } });
    expect(moved[1]).toEqual(row('a', 0.8));
  });

  it('does not move what is far apart', () => {
    expect(keysOf(order([row('a', 0.9), row('b', 0.7)], { a: 0.1, b: 0.9 }))).toBe('a b');
  });

  it('keeps a score a score', () => {
    const [first, second] = order([row('a', 1), row('b', 0.5)], { a: 0.9 });
    expect(first?.score).toBe(1);
    expect(second?.score).toBeCloseTo(0.5 / 1.08, 10);
  });

  it('lifts nothing above what the query names', () => {
    const rows = [row('named', 0.5, 1), row('b', 0.49), row('c', 0.48)];
    expect(keysOf(order(rows, { b: 0.9, c: 0.9 }))).toMatch(/^named /);
    expect(keysOf(order(rows, { named: 0.1 }))).toMatch(/^named /);
    expect(keysOf(order(rows, { named: 0.1, c: 0.9 }))).toMatch(/^named /);
  });

  it('puts what is named in order among itself', () => {
    expect(keysOf(order([row('a', 0.9, 1), row('b', 0.88, 1)], { a: 0.1, b: 0.9 }))).toBe('b a');
  });

  it('does not hold back what stood above a named row already', () => {
    expect(keysOf(order([row('a', 0.9), row('named', 0.5, 1)], { a: 0.9, named: 0.1 }))).toBe('a named');
  });

  it('orders as many rows as there are', () => {
    const rows = Array.from({ length: 200_000 }, (_, at) => row(`${at}`, 0.5));
    expect(order(rows, { 7: 0.9 })[0]?.key).toBe('7');
  });
});
