import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const SOON = 'Sun, 01 Mar 2026 12:00:30 GMT';

describe('Retry-After', () => {
  it.each([
    [{ 'retry-after': '20' }, 20_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': '2', 'retry-after-ms': '1250' }, 1_250],
    [{ 'retry-after': SOON }, 30_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'Sunday, 01-Mar-26 12:00:30 GMT' }, 30_000],
  ])('of %j is %d ms', (headers, expected) => {
    expect(readRetryAfter(new Headers(headers), NOW)).toBe(expected);
  });

  it.each(['', ' ', 'soon', '-5', '1e9', 'NaN', '99999999999999', 'Sun, 01 Xyz 2026 12:00:30 GMT', '2026-03-01'])(
    'of %j says nothing',
    (told) => {
      expect(readRetryAfter(new Headers({ 'retry-after': told }), NOW)).toBeUndefined();
    },
  );

  it('says nothing when it is absent, as are all headers', () => {
    expect(readRetryAfter(new Headers(), NOW)).toBeUndefined();
    expect(readRetryAfter(undefined, NOW)).toBeUndefined();
  });

  it("as a date is against the server's clock, which may be an hour off ours", () => {
    const headers = new Headers({ 'retry-after': SOON, date: 'Sun, 01 Mar 2026 12:00:10 GMT' });
    expect(readRetryAfter(headers, new Date('2026-03-01T13:00:00Z'))).toBe(20_000);
  });
});
