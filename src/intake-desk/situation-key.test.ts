import { describe, expect, it } from 'vitest';
import type { ReceivedAlert } from '../domain/occurrence.ts';
import { situationKeyOf } from './situation-key.ts';

const LABELS = { alertname: 'QueueBacksUp', service: 'orders', pod: 'orders-7d4b9c6f5-x2kzq', severity: 'page' };

function alert(over: Partial<ReceivedAlert> = {}): ReceivedAlert {
  return {
    status: 'firing',
    fingerprint: 'f',
    startsAt: '2026-03-31T12:00:00Z',
    labels: LABELS,
    annotations: { summary: '1,204 jobs wait for orders-7d4b9c6f5-x2kzq, 93.5 % of the limit' },
    ...over,
  };
}

const ON_ANOTHER_POD = {
  labels: { ...LABELS, pod: 'orders-5f6d8b7c4-9qwrt', uid: '11e4' },
  annotations: { summary: '7 jobs wait for orders-5f6d8b7c4-9qwrt, 93 % of the limit' },
};
const KEY = situationKeyOf([alert()], 'g1');

describe('the key of a situation', () => {
  it.each<[string, readonly ReceivedAlert[]]>([
    ['at another time', [alert({ startsAt: '2026-04-01T08:00:00Z', fingerprint: 'other' })]],
    [
      'with other numbers',
      [alert({ annotations: { summary: '31 jobs wait for orders-7d4b9c6f5-x2kzq, 4 % of the limit' } })],
    ],
    ['on the next pod', [alert(ON_ANOTHER_POD)]],
    ['with labels in another order', [alert({ labels: Object.fromEntries(Object.entries(LABELS).reverse()) })]],
    ['told of two pods', [alert(), alert(ON_ANOTHER_POD)]],
    ['beside an alert that is over', [alert(), alert({ status: 'resolved', labels: { alertname: 'Other' } })]],
  ])('stays what it is %s', (_, alerts) => {
    expect(situationKeyOf(alerts, 'g1')).toBe(KEY);
  });

  it.each<[string, readonly ReceivedAlert[], string]>([
    ['another service', [alert({ labels: { ...LABELS, service: 'billing' } })], 'g1'],
    ['another machine', [alert({ labels: { ...LABELS, instance: 'db-2:9100' } })], 'g1'],
    ['another severity', [alert({ labels: { ...LABELS, severity: 'ticket' } })], 'g1'],
    ['other words', [alert({ annotations: { summary: 'nobody takes jobs' } })], 'g1'],
    ['one more alert', [alert(), alert({ labels: { alertname: 'DiskFull' } })], 'g1'],
    ['other knowledge', [alert()], 'g2'],
  ])('is another for %s', (_, alerts, facts) => {
    expect(situationKeyOf(alerts, facts)).not.toBe(KEY);
  });

  it('keeps names apart whose ending only looks generated', () => {
    const keyOf = (pod: string) => situationKeyOf([alert({ labels: { pod }, annotations: {} })], '');
    expect(keyOf('web-shop-0')).not.toBe(keyOf('web-shop-1'));
    expect(keyOf('web-redis')).not.toBe(keyOf('web-proxy'));
    expect(keyOf('web-bcdfg')).toBe(keyOf('web-hjklm'));
  });

  it('takes a long text in no time', () => {
    const long = `${'1.'.repeat(50_000)}x${',,1'.repeat(50_000)}`;
    expect(situationKeyOf([alert({ annotations: { summary: long } })], '')).toHaveLength(64);
  });
});
