import { describe, expect, it } from 'vitest';
import { findNearestName } from './nearest-name.ts';

describe('the name that was meant', () => {
  it.each([
    ['chekout', 'checkout'],
    ['pre_processor', 'pre-processor'],
    ['Orders', 'orders'],
    ['web', undefined],
    ['payments', undefined],
  ])('for %s is %s', (name, meant) => {
    expect(findNearestName(name, ['checkout', 'pre-processor', 'orders', 'db'])).toBe(meant);
  });
});
