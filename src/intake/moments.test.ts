import { describe, expect, it } from 'vitest';
import { readMoment } from './moments.ts';

const MOMENT = '2026-03-01T10:00:00.000Z';

describe('a moment', () => {
  it.each([
    ['seconds', 1_772_359_200],
    ['milliseconds', 1_772_359_200_000],
    ['microseconds', 1_772_359_200_000_000],
    ['nanoseconds', 1_772_359_200_000_000_000],
    ['milliseconds as text', '1772359200000'],
    ['seconds with a fraction', '1772359200.000'],
    ['RFC 3339 in UTC', '2026-03-01T10:00:00Z'],
    ['RFC 3339 with nanoseconds', '2026-03-01T10:00:00.000000001Z'],
    ['RFC 3339 elsewhere', '2026-03-01T12:00:00+02:00'],
    ['RFC 3339 with a space', ' 2026-03-01 10:00:00Z '],
  ])('is read from %s', (_, value) => {
    expect(readMoment(value)?.toISOString()).toBe(MOMENT);
  });

  it.each([
    ['the zero time of Go', '0001-01-01T00:00:00Z'],
    ['the zero time of Unix', 0],
    ['the zero time of Unix as text', '1970-01-01T00:00:00Z'],
    ['an hour without its offset', '2026-03-01T10:00:00'],
    ['a day that is none', '2026-13-41T10:00:00Z'],
    ['a far future', 9e19],
    ['no number', Number.NaN],
    ['words', 'yesterday'],
    ['an unresolved variable', '$DATE'],
    ['null', null],
    ['an object', {}],
  ])('is absent where there is %s', (_, value) => {
    expect(readMoment(value)).toBeUndefined();
  });
});
