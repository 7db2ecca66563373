import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommandText } from './command-text.ts';

describe('the text of a command', () => {
  it.each([
    ['diagnosis 0190a1b2-c3d4', { kind: 'diagnosis', id: '0190a1b2-c3d4', isShared: false }],
    ['SHARE Outage o-12345', { kind: 'outage', id: 'o-12345', isShared: true }],
    ['share', { kind: 'question', question: 'share', isShared: false }],
    ['is db &amp;lt; full', { kind: 'question', question: 'is db &lt; full', isShared: false }],
    ['correct d-1234 service=db', { kind: 'correct', id: 'd-1234', trueCause: { service: 'db' }, isShared: false }],
    [
      'correct d-1234 category="disk full" service=db',
      { kind: 'correct', id: 'd-1234', trueCause: { service: 'db', category: 'disk full' }, isShared: false },
    ],
  ])('%j is read', (text, intent) => {
    expect(readCommandText(text)).toEqual(intent);
  });

  it.each([
    'correct d-1234 service=db and more',
    'correct d-1234 category="never closed',
    'correct d-1234 service="" category=""',
    `correct d-1234 service=${'x'.repeat(300)}`,
  ])('%j is no correction that anybody meant', (text) => {
    expect(readCommandText(text).kind).toBe('mistake');
  });

  it('is one thing or another, whatever it holds', () => {
    const words = fc.array(
      fc.constantFrom('share', 'correct', 'diagnosis', 'd-1234', 'service=', '"', '“', '&lt;', ' ', 'x'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          words.map((list) => list.join(' ')),
        ),
        (text) => {
          expect(['help', 'diagnosis', 'outage', 'correct', 'question', 'mistake']).toContain(
            readCommandText(text).kind,
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('of the greatest length is read in no time', () => {
    const began = performance.now();
    readCommandText(`correct d-1234 ${'service="'.repeat(10_000)}`);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
