import { expect, it } from 'vitest';
import { createTermTable } from './term-table.ts';

it('numbers terms in the order they come, however many there are', () => {
  const table = createTermTable();
  const terms = Array.from({ length: 50_000 }, (_, at) => `term-${at.toString(36)}`);
  expect(terms.map(table.add)).toEqual([...terms.keys()]);
  expect(terms.map(table.add)).toEqual([...terms.keys()]);
  expect(terms.map(table.find)).toEqual([...terms.keys()]);
  expect(table.size()).toBe(terms.length);
});

it('does not know what was never added', () => {
  const table = createTermTable();
  table.add('queue');
  expect(table.find('queues')).toBeUndefined();
  expect(table.find('')).toBeUndefined();
});

it('takes less than a hundred bytes a term', () => {
  const table = createTermTable();
  for (let at = 0; at < 100_000; at++) table.add(`a-rather-long-identifier-${at}`);
  expect(table.bytes() / table.size()).toBeLessThan(100);
});
