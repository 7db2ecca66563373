import { expect, it } from 'vitest';
import { createLlmAllowance } from './llm-allowance.ts';

it('an LLM may be asked so often in any hour, not in each hour of the clock', () => {
  let minute = 0;
  const allowance = createLlmAllowance({ perHour: 2, now: () => new Date(minute * 60_000) });
  const takeAt = (at: number) => {
    minute = at;
    return allowance.take();
  };
  expect([0, 50, 59].map(takeAt)).toEqual([true, true, false]);
  // The first is an hour old; the second is not, and what was refused counts for nothing.
  expect([61, 62, 109, 110, 111].map(takeAt)).toEqual([true, false, false, true, false]);
});

it('never, where none is allowed', () => {
  expect(createLlmAllowance({ perHour: 0, now: () => new Date(0) }).take()).toBe(false);
});
