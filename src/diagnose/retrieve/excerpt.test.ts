import { expect, it } from 'vitest';
import type { Chunk } from '../../domain/document.ts';
import { buildRunbook, buildSource } from '../../testing/knowledge-builder.ts';
import { chooseExcerpt } from './excerpt.ts';

const chunk = (text: string, line: number): Chunk => ({
  id: `${line}`,
  text,
  header: 'Title',
  source: buildSource('runbooks/r.md', line),
});
const chunks = [chunk('Restart the consumer.', 3), chunk('The queue is growing and messages wait.', 9)];
const document = buildRunbook({ id: 'r', title: 'Backlog', chunks });

it('the nearest passage is shown, and where it stands', () => {
  expect(chooseExcerpt(document, chunks[0], () => ['anything'])).toEqual({
    source: buildSource('runbooks/r.md', 3),
    excerpt: 'Restart the consumer.',
  });
});

it('without a nearest passage, the one that holds most words of the query is shown', () => {
  expect(chooseExcerpt(document, undefined, () => ['message', 'queue']).source.line).toBe(9);
});

it('without any passage, the title stands for the document', () => {
  const bare = buildRunbook({ id: 'bare', title: 'Bare' });
  expect(chooseExcerpt(bare, undefined, () => ['queue'])).toEqual({ source: bare.source, excerpt: 'Bare' });
});

it('a long passage is cut, and shows that it was', () => {
  const { excerpt } = chooseExcerpt(document, chunk('word '.repeat(400), 20), () => []);
  expect(excerpt.length).toBeLessThanOrEqual(600);
  expect(excerpt.endsWith('word…')).toBe(true);
});
