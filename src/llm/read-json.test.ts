import { describe, expect, it } from 'vitest';
import { readJsonObjects } from './read-json.ts';

describe('what a reply holds', () => {
  it.each([
    ['one brace and open quotes', `{${'\\"'.repeat(49_000)}`],
    ['quotes that escape', `{${'"\\'.repeat(49_000)}`],
    ['commas and open quotes', `{"a",,${',"\\"'.repeat(25_000)}`],
    ['thoughts that never end', `${'<think>'.repeat(14_000)}</analysis>{`],
  ])('is read in time: %s', { timeout: 2_000 }, (_, reply) => {
    expect([...readJsonObjects(reply)].length).toBeLessThan(100);
  });

  it('stands at the end of a long reply', () => {
    const reply = `${'Let me think. '.repeat(10_000)}{"category": "load-spike"}`;
    expect([...readJsonObjects(reply)][0]).toEqual({ category: 'load-spike' });
  });
});
