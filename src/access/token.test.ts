import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashToken, looksMinted, mintToken } from './token.ts';

describe('a token', () => {
  it('has the documented form, of which the id is no part of the secret', () => {
    const { id, token } = mintToken(randomBytes);
    expect(token).toMatch(/^prec_[0-9a-f]{12}_[A-Za-z0-9_-]{51}$/);
    expect(token.slice(5, 17)).toBe(id);
    expect(token.split('_').slice(2).join('_')).not.toContain(id);
  });

  it('rests on 256 bits of the source that it is given', () => {
    const asked: number[] = [];
    const counting = (size: number) => {
      asked.push(size);
      return randomBytes(size);
    };
    const tokens = new Set(Array.from({ length: 100 }, () => mintToken(counting).token));
    expect(tokens.size).toBe(100);
    expect(asked.filter((size) => size === 32)).toHaveLength(100);
  });

  it('is kept as a hash that says nothing of it', () => {
    const { token, hash } = mintToken(randomBytes);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hash).toBe(hashToken(token));
    expect(hash).not.toContain(token.slice(18, 40));
  });

  it('is told from what only looks like one, at any character that differs', () => {
    const { token } = mintToken(randomBytes);
    expect(looksMinted(token)).toBe(true);
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'a' ? 'b' : 'a';
      expect(looksMinted(token.slice(0, at) + other + token.slice(at + 1)), `at ${at}`).toBe(false);
    }
    for (const wrong of [
      '',
      'prec_',
      token.slice(0, -1),
      `${token}a`,
      `${token}\n`,
      ` ${token}`,
      token.toUpperCase(),
    ]) {
      expect(looksMinted(wrong), JSON.stringify(wrong)).toBe(false);
    }
  });
});
