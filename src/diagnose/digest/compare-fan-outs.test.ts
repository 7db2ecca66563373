import { describe, expect, it } from 'vitest';
import type { Span } from '../../domain/trace.ts';
import { buildForest } from '../../traces/span-forest.ts';
import { compareFanOuts } from './compare-fan-outs.ts';
import { measureOwnTimes } from './own-time.ts';
import { observeWindow } from './window.ts';

/** One request for each number: so many times it asks the database. */
function windowOf(calls: readonly number[]) {
  const spans: Span[] = calls.flatMap((times, request) => [
    span(request, 'root', undefined, 'orders', 'place'),
    ...Array.from({ length: times }, (_, nth) => span(request, `call${nth}`, 'root', 'db', 'query')),
  ]);
  const forest = buildForest(spans);
  return observeWindow({ forest, own: measureOwnTimes(forest), fragments: undefined, loss: 0 }, new Map());
}

function span(request: number, spanId: string, parentId: string | undefined, service: string, operation: string): Span {
  const ties = parentId === undefined ? {} : { parentId };
  const times = { startUs: 1000 * request, durationUs: 100, isError: false };
  return { traceId: `t${request}`, spanId, ...ties, service, operation, kind: 'internal', ...times };
}

const requests = (count: number, calls: number) => windowOf(Array.from({ length: count }, () => calls));
const changeOf = (before: number, after: number, count = 30) =>
  compareFanOuts(requests(count, before), requests(count, after), new Set())[0];

describe('calls per span', () => {
  it('that stay as they were say nothing', () => {
    expect(changeOf(2, 2)).toMatchObject({ perSpan: { before: 2, after: 2 }, z: 0 });
  });

  it('that grow are more than chance, those that stop as well, each with its sign', () => {
    expect(changeOf(1, 3)?.z).toBeGreaterThan(5);
    expect(changeOf(1, 0)?.z).toBeLessThan(-3);
  });

  it('of one request say little: one trace has no variance of its own', () => {
    expect(Math.abs(changeOf(1, 3, 1)?.z ?? 9)).toBeLessThan(3);
  });

  it('that vary from request to request must move farther to count', () => {
    const steady = compareFanOuts(requests(30, 2), requests(30, 3), new Set())[0]?.z ?? 0;
    const mixed = (more: number) => windowOf(Array.from({ length: 30 }, (_, at) => (at % 2 ? 4 + more : more)));
    const varied = compareFanOuts(mixed(0), mixed(1), new Set())[0]?.z ?? 0;
    expect(varied).toBeGreaterThan(0);
    expect(varied).toBeLessThan(steady / 2);
  });
});

it('spans that wait in vain are left to those they wait for, and a parent that is gone says nothing', () => {
  const before = requests(30, 1);
  expect(compareFanOuts(before, requests(30, 0), new Set(['orders\u0000place']))).toEqual([]);
  expect(compareFanOuts(before, windowOf([]), new Set())).toEqual([]);
});
