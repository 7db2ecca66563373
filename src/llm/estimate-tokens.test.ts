import { expect, it } from 'vitest';
import { estimateTokens } from './estimate-tokens.ts';

it('four characters of ASCII are a token, and every other one is a token of its own', () => {
  expect(estimateTokens('abcde')).toBe(2);
  expect(estimateTokens('遅延が発生')).toBe(5);
  expect(estimateTokens('')).toBe(0);
});
