import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Signal } from '../../src/domain/signal.ts';
import { findSignals } from './signal-lines.ts';

describe('a signal in the text', () => {
  it.each([
    ['a list item', '- metric orders-1 memory_usage up\n- log carts-0 E42 new', 2],
    ['a line of its own', 'We saw this:\n\ntrace checkout pay latency\n', 1],
    ['a code span in a sentence', 'First came `metric db-0 connections up`, then nothing.', 1],
    ['said twice', '- `log web-0 E42 new`\n\nAgain `log web-0 E42 new`.', 1],
  ])('is found as %s', (_, text, count) => {
    expect(findSignals(text)).toHaveLength(count);
  });

  it.each([
    'metric orders memory went up a lot',
    'The log web-0 E42 new came first.',
    'trace checkout latency',
    'alert orders-1 memory_usage up',
    '',
  ])('is none in "%s"', (text) => {
    expect(findSignals(text)).toEqual([]);
  });

  it('is a signal, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => findSignals(text).every((signal) => Signal.safeParse(signal).success)),
    );
  });
});
