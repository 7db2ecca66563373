import { describe, expect, it } from 'vitest';
import type { Span } from '../../domain/trace.ts';
import { buildForest } from '../../traces/span-forest.ts';
import { listCalls, MAX_CALLS } from './calls.ts';

let counter = 0;
const span = (service: string, parentId: string | undefined, more: Partial<Span> = {}): Span => ({
  traceId: 't1',
  spanId: `s${counter++}`,
  ...(parentId === undefined ? {} : { parentId }),
  service,
  operation: 'op',
  kind: 'server',
  startUs: 1e15,
  durationUs: 10_000,
  isError: false,
  ...more,
});

/** `web` calls `orders` so often, and it takes so long; some of them err. */
function windowOf(count: number, durationUs: number, erring = 0) {
  const spans = Array.from({ length: count }, (_, index) => {
    const root = span('web', undefined);
    return [root, span('orders', root.spanId, { durationUs: durationUs + index * 50, isError: index < erring })];
  });
  return buildForest(spans.flat());
}

describe('who calls whom', () => {
  it('is told once each, messages by a broker and databases without spans included', () => {
    const root = span('web', undefined);
    const producer = span('web', root.spanId, { kind: 'producer' });
    const consumer = span('mail', producer.spanId, { kind: 'consumer', startUs: 1e15 + 1e9 });
    const query = span('mail', consumer.spanId, { kind: 'client', peer: { service: 'mail-db', isData: true } });
    expect(listCalls(undefined, buildForest([root, producer, consumer, query, { ...query, spanId: 'again' }]))).toEqual(
      [
        { from: 'web', to: 'mail' },
        { from: 'mail', to: 'mail-db' },
      ],
    );
  });

  it('carries the symptom where the called side takes longer, or errs more often', () => {
    const [before, same, slow, erring] = [
      windowOf(30, 10_000),
      windowOf(20, 10_100),
      windowOf(30, 60_000),
      windowOf(30, 10_000, 15),
    ];
    expect(listCalls(before, same)).toEqual([{ from: 'web', to: 'orders' }]);
    expect(listCalls(before, slow)).toEqual([{ from: 'web', to: 'orders', carries: true }]);
    expect(listCalls(before, erring)).toEqual([{ from: 'web', to: 'orders', carries: true }]);
    expect(listCalls(undefined, slow)).toEqual([{ from: 'web', to: 'orders' }]);
  });

  it('keeps what carries the symptom, then what is seen most often, of more than can travel', () => {
    const many = Array.from({ length: MAX_CALLS + 50 }, (_, index) => {
      const root = span(`caller${index}`, undefined);
      return [root, span(`callee${index}`, root.spanId)];
    }).flat();
    const slow = windowOf(30, 60_000);
    const calls = listCalls(windowOf(30, 10_000), buildForest([...many, ...slow.spans]));
    expect(calls).toHaveLength(MAX_CALLS);
    expect(calls[0]).toEqual({ from: 'web', to: 'orders', carries: true });
  });
});
