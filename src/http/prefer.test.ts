import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPreferences } from './prefer.ts';

describe('preferences', () => {
  it.each([
    [undefined, { respondAsync: false }],
    ['', { respondAsync: false }],
    ['respond-async', { respondAsync: true }],
    ['Respond-Async; priority=5', { respondAsync: true }],
    ['wait=20', { respondAsync: false, wait: 20 }],
    ['WAIT = 20 ; foo="a, b", respond-async', { respondAsync: true, wait: 20 }],
    ['wait="7"', { respondAsync: false, wait: 7 }],
    ['foo="x, respond-async, \\"wait=1", wait=2', { respondAsync: false, wait: 2 }],
    ['return=minimal, handling=lenient', { respondAsync: false }],
    [',, ;=, wait=3', { respondAsync: false, wait: 3 }],
  ])('are read from %j', (header, preferences) => {
    expect(readPreferences(header)).toEqual(preferences);
  });

  it('count once: the first of two is the one that is meant', () => {
    expect(readPreferences('wait=1, wait=50').wait).toBe(1);
  });

  it.each(['wait', 'wait=', 'wait=-1', 'wait=1.5', 'wait=soon', 'wait=1e3', 'wait=99999999999', 'wait="1'])(
    'are ignored where they say nothing: %s',
    (header) => {
      expect(readPreferences(header).wait).toBeUndefined();
    },
  );

  it('are read from any header whatever, in no time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (header) => {
        const { wait } = readPreferences(header);
        expect(wait === undefined || Number.isInteger(wait)).toBe(true);
      }),
    );
    const start = performance.now();
    readPreferences(`${'a"\\,;='.repeat(100_000)}`);
    expect(performance.now() - start).toBeLessThan(100);
  });
});
