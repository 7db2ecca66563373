import { describe, expect, it } from 'vitest';
import {
  alertOf,
  alertsOf,
  arrived,
  buildContext,
  groupsOf,
  RECEIVED_AT,
  readFixture,
} from './__fixtures__/deliveries.ts';
import { readAlertmanager } from './alertmanager.ts';

const read = (body: unknown) => readAlertmanager(arrived(body), buildContext());
const one = (alert: object, group: object = {}) =>
  read({ ...group, alerts: [{ labels: { alertname: 'High' }, ...alert }] });

describe('Alertmanager', () => {
  it('keeps the group, its key and each alert with its own state', () => {
    const reception = read(readFixture('alertmanager'));
    const [group] = groupsOf(reception);
    expect(group).toMatchObject({
      groupKey: '{}/{team="shop"}:{alertname="CheckoutLatencyHigh"}',
      groupLabels: { alertname: 'CheckoutLatencyHigh' },
      commonLabels: { service: 'checkout' },
      commonAnnotations: { summary: 'checkout answers slowly' },
      externalURL: 'http://alertmanager.example.com:9093',
    });
    expect(alertsOf(reception)).toEqual([
      expect.objectContaining({
        status: 'firing',
        fingerprint: 'a1b2c3d4e5f60718',
        startsAt: '2026-03-01T10:00:00.123Z',
        generatorURL: 'http://prometheus.example.com/graph?g0.expr=up',
      }),
      expect.objectContaining({ status: 'resolved', endsAt: '2026-03-01T10:01:00.000Z' }),
    ]);
  });

  it('reads the zero end as still firing', () => {
    const alert = alertOf(one({ endsAt: '0001-01-01T00:00:00Z' }));
    expect(alert.status).toBe('firing');
    expect(alert.endsAt).toBeUndefined();
  });

  it('reads the zero start as no start', () => {
    expect(alertOf(one({ startsAt: '0001-01-01T00:00:00Z' }))).toMatchObject({
      startsAt: RECEIVED_AT.toISOString(),
      startIsGuessed: true,
    });
  });

  it.each([
    ['an end that has passed', { endsAt: '2026-03-01T10:00:00Z' }, {}, 'resolved'],
    ['an end to come', { endsAt: '2026-03-01T11:00:00Z' }, {}, 'firing'],
    ['the word of the group', {}, { status: 'resolved' }, 'resolved'],
    ['its own word before that of the group', { status: 'firing' }, { status: 'resolved' }, 'firing'],
    ['nothing at all', {}, {}, 'firing'],
  ])('tells the state of an alert by %s', (_, alert, group, status) => {
    expect(alertOf(one(alert, group)).status).toBe(status);
  });

  it('tells that the sender left alerts out', () => {
    expect(read({ ...readFixture('alertmanager'), truncatedAlerts: 12 })).toMatchObject({
      note: expect.stringContaining('12 more alerts'),
    });
  });

  it('makes the same key for the same group where the sender gives none', () => {
    const { groupKey: _, ...body } = readFixture('alertmanager');
    const keys = [read(body), read(body), read({ ...body, groupLabels: { alertname: 'Other' } })].map(
      (reception) => groupsOf(reception)[0]?.groupKey,
    );
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
  });

  it('takes what has other types than it should as far as it can be read', () => {
    const alert = alertOf(
      one({ labels: { alertname: 'High', shard: 3, canary: false, list: {} }, annotations: 'none' }),
    );
    expect(alert.labels).toEqual({ alertname: 'High', shard: '3', canary: 'false' });
    expect(alert.annotations).toEqual({});
  });

  it('says where a body is no delivery', () => {
    expect(() => read({ alerts: 'none' })).toThrow(/alerts: Invalid input/);
    expect(() => read({ alerts: [{ labels: {} }] })).toThrow('alerts[0]: an alert needs at least one label');
    expect(read({ alerts: [] })).toEqual({ kind: 'ignored', why: 'there is no alert in it' });
  });
});
