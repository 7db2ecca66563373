import { describe, expect, it } from 'vitest';
import type { AccessToken } from '../domain/access.ts';
import { parseDuration, standingOf } from './lifetime.ts';

const AT = new Date('2026-03-31T12:00:00Z');
const TOKEN: AccessToken = { id: '0', name: 'ci', namespace: 'default', scopes: ['read'], createdAt: AT.toISOString() };

describe('how long a token holds', () => {
  it.each([
    [{}, 'holds'],
    [{ expiresAt: '2026-03-31T12:00:01Z' }, 'holds'],
    [{ expiresAt: '2026-03-31T12:00:00Z' }, 'expired'],
    [{ revokedAt: '2026-03-31T12:00:00Z' }, 'revoked'],
    [{ revokedAt: '2026-03-31T11:00:00Z', expiresAt: '2026-03-31T10:00:00Z' }, 'revoked'],
  ])('%j: %s', (ends, standing) => {
    expect(standingOf({ ...TOKEN, ...ends }, AT)).toBe(standing);
  });

  it.each([
    ['90d', 7_776_000_000],
    ['24h', 86_400_000],
    ['30m', 1_800_000],
    ['0s', 0],
    [' 36500d ', 3_153_600_000_000],
  ])('%j is %i ms', (text, ms) => {
    expect(parseDuration(text, 'grace')).toBe(ms);
  });

  it.each(['', '90', 'd', '-1d', '1.5h', '90 d', '99999d', '1y', '9999999999s', '1constructor'])(
    '%j is no time',
    (text) => {
      expect(() => parseDuration(text, 'grace')).toThrow(/grace must be a number with s, m, h or d/);
    },
  );
});
