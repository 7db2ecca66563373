import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonMistake } from './json-mistake.ts';

test.each([
  ['{"a":1,}', 7],
  ['{"a":1', 6],
  ['', 0],
  ['  ', 2],
  ['abc', 0],
  ['[1,2,]', 5],
  ['[1 2]', 3],
  ['{"a" 1}', 5],
  ['{a:1}', 1],
  ['{"a":01}', 6],
  ['"a\nb"', 2],
  ['"\\x"', 2],
  ['"\\u12g4"', 2],
  ['"open', 5],
  ['[1}', 2],
  ['1 2', 2],
  ['{"a":1}}', 7],
  ["{'a':1}", 1],
  ['[nul]', 1],
  ['{"a":}', 5],
])('%j goes wrong at %i', (text, position) => {
  expect(findJsonMistake(text)).toBe(position);
});

test('finds no mistake in what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(findJsonMistake(text)).toBeUndefined();
    }),
  );
});

test('agrees with JSON.parse about every damaged text, and points into it', () => {
  const damaged = fc
    .tuple(fc.json(), fc.nat(), fc.nat({ max: 3 }), fc.constantFrom('', ',', '}', ']', '"', '\\', ':', '0', 'x', '\n'))
    .map(([text, at, cut, insert]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + insert + text.slice(start + cut);
    });
  fc.assert(
    fc.property(damaged, (text) => {
      const mistake = findJsonMistake(text);
      expect(mistake === undefined).toBe(isJson(text));
      expect(mistake ?? 0).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 2_000 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
