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

  const ANSWER = { category: 'load-spike', citations: [{ id: 'P1', quote: 'a b c' }] };
  const pretty = JSON.stringify(ANSWER, null, 2);
  const listed = (write: (line: string, at: number) => string) => pretty.split('\n').map(write).join('\n');

  it.each([
    ['a call of a tool', `<tool_call>{"name": "answer", "arguments": ${pretty}}</tool_call>`],
    ['a call of a tool whose arguments are text', JSON.stringify({ name: 'answer', arguments: pretty })],
    ['an envelope with more in it', JSON.stringify({ result: { answer: ANSWER }, ok: true })],
    ['a quotation', listed((line) => `> ${line}`)],
    ['a patch', listed((line) => `+ ${line}`)],
    ['a listing', listed((line, at) => `${at + 1}: ${line}`)],
  ])('may come in %s', (_, reply) => {
    expect([...readJsonObjects(reply)]).toContainEqual(ANSWER);
  });

  it('is not what an object of its own lists', () => {
    const listing = JSON.stringify({ a: 1, list: [{ b: 2 }, { c: 3 }] });
    expect([...readJsonObjects(listing)]).not.toContainEqual({ b: 2 });
  });

  it('stands at the end of a long reply', () => {
    const reply = `${'Let me think. '.repeat(10_000)}{"category": "load-spike"}`;
    expect([...readJsonObjects(reply)][0]).toEqual({ category: 'load-spike' });
  });
});
