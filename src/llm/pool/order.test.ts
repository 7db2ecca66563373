import { describe, expect, it } from 'vitest';
import { drawOrder } from './order.ts';

const ENDPOINTS = [
  { name: 'a', weight: 1 },
  { name: 'b', weight: 3 },
  { name: 'c', weight: 0.5 },
];

describe('the order of endpoints', () => {
  it('is that of the list', () => {
    expect(drawOrder(ENDPOINTS, 'in-order', () => 0.99)).toEqual(ENDPOINTS);
  });

  it('by weight has each of them once, the first as often as it weighs', () => {
    const firsts: Record<string, number> = { a: 0, b: 0, c: 0 };
    const draws = 900;
    for (let at = 0; at < draws; at++) {
      const drawn = drawOrder(ENDPOINTS, 'weighted', () => (at + 0.5) / draws);
      expect(drawn.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
      const name = drawn[0]?.name ?? '';
      firsts[name] = (firsts[name] ?? 0) + 1;
    }
    expect(firsts).toEqual({ a: 200, b: 600, c: 100 });
  });

  it('survives a draw at the very end', () => {
    expect(drawOrder(ENDPOINTS, 'weighted', () => 1)).toHaveLength(3);
  });
});
