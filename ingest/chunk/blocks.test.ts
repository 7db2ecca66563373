import { expect, test } from 'vitest';
import { splitBlocks } from './blocks.ts';

const LIMITS = { text: 450, fence: 1_500, measure: (text: string) => text.length };
const textOf = (lines: readonly string[]) =>
  [...splitBlocks(lines.join('\n'), LIMITS)].map((block) => block.text).join('\n');

test('comments go, and those in a fence stay', () => {
  const text = textOf(['a <!-- gone', 'too --> b', '```html', '<!-- kept -->', '```', '<!-- gone -->c']);
  expect(text).toBe('a \n b\n```html\n<!-- kept -->\n```\nc');
});

test('a comment that opens in a fence does not reach beyond it', () => {
  expect(textOf(['~~~', '<!--', '~~~', 'text -->', 'more'])).toBe('~~~\n<!--\n~~~\ntext -->\nmore');
});

test('a fence ends at a mark at least as long as its own, and else at the end', () => {
  const lines = ['````', '```', '<!-- kept -->', '`````', '<!-- gone -->', '```', '<!-- kept too -->'];
  expect(textOf(lines)).toBe('````\n```\n<!-- kept -->\n`````\n```\n<!-- kept too -->');
});

test('code inside a line is no fence', () => {
  expect(textOf(['```not a fence``` in a line', '', 'a <!-- gone -->'])).toBe('```not a fence``` in a line\n\na ');
});

test.each([
  ['a long mark over many lines', `${'`'.repeat(20_000)}\n${'```\n'.repeat(20_000)}`],
  ['marks that never close', '```a\n~~~b\n'.repeat(20_000)],
  ['comments that never close', '<!-- \n'.repeat(50_000)],
  ['a comment around many fences', `<!--${'```\n```\n'.repeat(20_000)}`],
])('%s take no time', (_what, markdown) => {
  const started = performance.now();
  expect([...splitBlocks(markdown, LIMITS)].length).toBeGreaterThan(0);
  expect(performance.now() - started).toBeLessThan(1_000);
});
