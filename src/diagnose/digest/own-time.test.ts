import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Span } from '../../domain/trace.ts';
import { buildForest } from '../../traces/span-forest.ts';
import { measureOwnTimes } from './own-time.ts';

type Fields = Pick<Span, 'spanId' | 'startUs' | 'durationUs'> & Partial<Span>;
const span = (fields: Fields): Span => ({
  traceId: 't',
  service: 's',
  operation: 'o',
  kind: 'internal',
  isError: false,
  ...fields,
});
const parent = (fields: Partial<Span> = {}) => span({ spanId: 'p', startUs: 100, durationUs: 100, ...fields });
const child = (startUs: number, durationUs: number, fields: Partial<Span> = {}) =>
  span({ spanId: `c${startUs}-${durationUs}`, parentId: 'p', startUs, durationUs, ...fields });

test.each<[string, Span[], number]>([
  ['alone, all its time is its own', [parent()], 100],
  ['a child is waited for', [parent(), child(110, 50)], 50],
  ['children at once count once', [parent(), child(110, 50), child(120, 50)], 40],
  ['a child inside a sibling counts nothing more', [parent(), child(110, 50), child(120, 5)], 50],
  ['what sticks out is clipped', [parent(), child(150, 500)], 50],
  ['what starts earlier is clipped too', [parent(), child(50, 100)], 50],
  ['what starts when the parent is over was not waited for', [parent(), child(200, 50)], 100],
  ['a consumer is not waited for', [parent(), child(110, 50, { kind: 'consumer' })], 100],
  ['nobody waits below a producer', [parent({ kind: 'producer' }), child(110, 50)], 100],
  ['publishing itself is waited for', [parent(), child(110, 50, { kind: 'producer' })], 50],
  [
    'a grandchild is its own parent’s matter',
    [parent(), child(110, 50), span({ spanId: 'g', parentId: 'c110-50', startUs: 120, durationUs: 10 })],
    50,
  ],
])('%s', (_, spans, own) => {
  expect(measureOwnTimes(buildForest(spans))[0]).toBe(own);
});

test('own time is never negative and never more than the duration', () => {
  const time = fc.integer({ min: 0, max: 300 });
  const children = fc.array(fc.tuple(time, time), { maxLength: 20 });
  fc.assert(
    fc.property(children, (times) => {
      const spans = [
        parent(),
        ...times.map(([start, duration], index) => child(start, duration, { spanId: `c${index}` })),
      ];
      for (const [index, own] of measureOwnTimes(buildForest(spans)).entries()) {
        expect(own).toBeGreaterThanOrEqual(0);
        expect(own).toBeLessThanOrEqual(spans[index]!.durationUs);
      }
    }),
  );
});
