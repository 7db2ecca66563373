import { describe, expect, it } from 'vitest';
import type { Span } from '../../domain/trace.ts';
import { buildForest } from '../../traces/span-forest.ts';
import { findFragments, measureLoss } from './lost-spans.ts';
import { measureOwnTimes } from './own-time.ts';

/** A request of 100 µs that waits 80 µs for the database, whose span arrived or did not. */
function windowOf(arrived: readonly boolean[], loss: number) {
  const forest = buildForest(
    arrived.flatMap((isWhole, request) => [
      span(request, 'root', undefined, 'orders', 0, 100),
      ...(isWhole ? [span(request, 'call', 'root', 'db', 10, 80)] : []),
    ]),
  );
  return { forest, own: measureOwnTimes(forest), loss };
}

function span(
  request: number,
  spanId: string,
  parentId: string | undefined,
  service: string,
  startUs: number,
  durationUs: number,
): Span {
  const ties = parentId === undefined ? {} : { parentId };
  const what = { service, operation: 'serve', kind: 'internal', isError: false } as const;
  return { traceId: `t${request}`, spanId, ...ties, ...what, startUs: 1000 * request + startUs, durationUs };
}

describe('the share of spans lost', () => {
  it('is the share of orphans among all that have a parent', () => {
    const { forest } = windowOf([true, true, true], 0);
    expect(measureLoss(forest, { repairs: { 'orphan-span': 1 } })).toBe(0.25);
    expect(measureLoss(forest, { repairs: {} })).toBe(0);
  });
});

describe('where spans are lost', () => {
  it('a span without its usual child is a fragment, and what that usually takes is not its own time', () => {
    const before = windowOf([true, true, false, true], 0.25);
    const after = windowOf([true, false, true], 0.25);
    const fragments = findFragments(before, after);
    expect([...(fragments?.after ?? [])]).toEqual([0, 0, 1, 0, 0]);
    expect(after.own[2]).toBe(20);
  });

  it('a child seen in the other window only is missing all the same', () => {
    const after = windowOf([false], 0.25);
    expect([...(findFragments(windowOf([true, true, true], 0.25), after)?.after ?? [])]).toEqual([1]);
  });

  it('a span that takes far longer than what it lacks is judged by the rest', () => {
    const forest = buildForest([span(0, 'root', undefined, 'orders', 0, 2000)]);
    const after = { forest, own: measureOwnTimes(forest), loss: 0.25 };
    expect([...(findFragments(windowOf([true, true, true], 0.25), after)?.after ?? [])]).toEqual([0]);
    expect(after.own[0]).toBe(1920);
  });
});

it('where next to nothing was lost, own times stay as they are', () => {
  const after = windowOf([true, false], 0.01);
  expect(findFragments(windowOf([true], 0), after)).toBeUndefined();
  expect(after.own[2]).toBe(100);
});
