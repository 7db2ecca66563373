import { describe, expect, it } from 'vitest';
import { createByteBudget } from './byte-budget.ts';

describe('a budget of bytes', () => {
  it('bounds what all hold together, and says when to come again', () => {
    const budget = createByteBudget(100);
    const [first, second] = [budget.begin(), budget.begin()];
    first.add(60);
    second.add(40);
    const overloaded = { code: 'overloaded', isRetryable: true, retryAfterSeconds: 5 };
    expect(() => first.add(1)).toThrow(expect.objectContaining(overloaded));
  });

  it('has again what somebody held, once', () => {
    const budget = createByteBudget(100);
    const [first, second, third] = [budget.begin(), budget.begin(), budget.begin()];
    first.add(60);
    second.add(40);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    third.add(60);
    expect(() => third.add(1)).toThrow('as much as is taken at once');
  });

  it('counts nothing of what it refused', () => {
    const budget = createByteBudget(100);
    const hold = budget.begin();
    expect(() => hold.add(101)).toThrow('send it again in 5 s');
    expect(() => hold.add(100)).not.toThrow();
  });
});
