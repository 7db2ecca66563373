import { expect, it } from 'vitest';
import { parseTraces } from '../parse.ts';
import { cutAt } from './as-of.ts';

const START = 1_767_225_600_000_000;
const span = (id: string, startUs: number, duration: number, parentId?: string) => ({
  traceId: 't',
  id,
  timestamp: startUs,
  duration,
  ...(parentId === undefined ? {} : { parentId }),
});

const traces = parseTraces([
  span('a', START, 9_000),
  span('b', START + 10, 5_000, 'a'),
  span('c', START + 20, 10, 'b'),
]);

it('leaves out and counts spans that had not ended by then', () => {
  const cut = cutAt(traces, new Date(START / 1000 + 6));
  expect(cut.spans.map((each) => each.spanId)).toEqual(['b', 'c']);
  expect(cut.repairs).toEqual({ 'after-as-of': 1 });
});

it('what a parent left behind stands as a root, and keeps its own children', () => {
  const [b, c] = cutAt(traces, new Date(START / 1000 + 6)).spans;
  expect(b?.parentId).toBeUndefined();
  expect(c?.parentId).toBe('b');
});

it('a span that ends at the very moment had ended', () => {
  expect(cutAt(traces, new Date(START / 1000 + 9))).toBe(traces);
});

it('before the window nothing is known', () => {
  expect(cutAt(traces, new Date(START / 1000 - 1))).toMatchObject({ spans: [], repairs: { 'after-as-of': 3 } });
});
