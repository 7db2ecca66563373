import { describe, expect, it } from 'vitest';
import { alertOf, alertsOf, buildContext, groupsOf, readFixture } from './__fixtures__/deliveries.ts';
import { AlertMap } from './alert-map.ts';
import { readGeneric } from './generic.ts';

const MAP = {
  alerts: '$.events',
  alertname: '$.check.name',
  status: '$.check.state',
  labels: '$.target',
  commonLabels: { env: '$.site.env' },
  annotations: { summary: '$.notes.summary', missing: '$.nowhere' },
  startsAt: '$.since',
  endsAt: '$.until',
  fingerprint: '$.key',
  groupKey: '$.target.service',
};
const read = (body: unknown, map: object = MAP) => readGeneric(body, buildContext({ map: AlertMap.parse(map) }));

describe('the generic sender with a map', () => {
  it('reads each item by its paths, and what all share from the whole body', () => {
    const reception = read(readFixture('generic'));
    expect(alertsOf(reception)).toEqual([
      {
        status: 'firing',
        labels: { alertname: 'orders_lag', service: 'orders', host: 'orders-1', env: 'prod' },
        annotations: { summary: 'orders lag behind by 4,000' },
        startsAt: '2026-03-01T10:00:00.000Z',
        fingerprint: 'orders_lag/orders-1',
      },
      expect.objectContaining({ status: 'resolved', endsAt: '2026-03-01T09:58:20.000Z' }),
    ]);
    expect(groupsOf(reception).map(({ groupKey }) => groupKey)).toEqual(['orders', 'db']);
  });

  it('finds items one by one, or takes the whole body for one', () => {
    expect(alertsOf(read(readFixture('generic'), { ...MAP, alerts: '$.events[*]' }))).toHaveLength(2);
    expect(alertOf(read({ title: 'DiskFull' }, { alertname: '$.title' })).labels).toEqual({ alertname: 'DiskFull' });
    expect(alertsOf(read([{ title: 'a' }, { title: 'b' }], { alertname: '$.title' }))).toHaveLength(2);
  });

  it('chooses by a filter', () => {
    const map = { ...MAP, alerts: "$.events[?@.check.state != 'OK']" };
    expect(alertOf(read(readFixture('generic'), map)).labels['alertname']).toBe('orders_lag');
  });

  it('says it is over by the words of the map, in any case, and fires by all others', () => {
    const map = { alertname: '$.n', status: '$.s', resolvedValues: ['green'] };
    const statuses = ['GREEN', 'ok', undefined].map((s) => alertOf(read({ n: 'a', s }, map)).status);
    expect(statuses).toEqual(['resolved', 'firing', 'firing']);
  });

  it('says which item has no name, and that there is no item', () => {
    expect(() => read({ events: [{}] })).toThrow('$.events[0]: there is no name at $.check.name');
    expect(read({ events: [] })).toEqual({ kind: 'ignored', why: 'there is no alert at $.events' });
    expect(read({})).toMatchObject({ kind: 'ignored' });
  });

  it('refuses more items than it can look through', () => {
    const events = Array.from({ length: 1_001 }, () => ({ check: { name: 'a' } }));
    expect(() => read({ events })).toThrow('1001 alerts at $.events');
  });

  it('reads bodies that are no object at all', () => {
    for (const body of [null, 7, 'text', [], [null]]) {
      try {
        expect(read(body)).toMatchObject({ kind: 'ignored' });
      } catch (error) {
        expect(error).toMatchObject({ code: 'input-invalid' });
      }
    }
  });
});

describe('the generic sender without a map', () => {
  const plain = (body: unknown) => readGeneric(body, buildContext());
  const alert = { labels: { alertname: 'DiskFull', service: 'db' } };

  it('takes one alert, a list of them, or a group', () => {
    expect(alertOf(plain(alert)).labels['service']).toBe('db');
    expect(alertsOf(plain([alert, { ...alert, status: 'resolved' }])).map(({ status }) => status)).toEqual([
      'firing',
      'resolved',
    ]);
    expect(groupsOf(plain({ groupKey: 'k', alerts: [alert] }))[0]?.groupKey).toBe('k');
  });

  it('refuses what says nothing', () => {
    expect(() => plain({ hello: 'world' })).toThrow('an alert needs at least one label or annotation');
    expect(() => plain('hello')).toThrow('alerts[0]: Invalid input');
  });
});

describe('a map', () => {
  const mistakesOf = (map: object) =>
    (AlertMap.safeParse(map).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

  it.each([
    ['a regular expression, which a body could make slow', '$[?match(@.a, "(a+)+")]', 'no function but length()'],
    ['a regular expression out of the body itself', '$[?search(@.a, @.b)]', 'no function but length()'],
    ['two descents', '$..a..b', '`..` at most once'],
    ['a filter within a filter', '$[?@[?@.a]]', 'one filter at most'],
    ['a search of the whole body for each part of it', '$.a[?$.b[*]]', 'single values only'],
    ['several ways through one step', '$[*,*][*,*]', 'one thing in each step'],
    ['no JSONPath', 'labels.service', 'is no JSONPath such as $.labels.service'],
    ['an endless path', `$${'.a'.repeat(400)}`, 'at most 500 characters'],
  ])('may not hold %s', (_, alertname, words) => {
    expect(mistakesOf({ alertname })).toEqual([expect.stringContaining(words)]);
  });

  it('may hold filters, a descent and length()', () => {
    for (const alertname of ['$..name', "$['a b'][0]", '$[?@.a == $.b && length(@.c) > 2].d'])
      expect(mistakesOf({ alertname })).toEqual([]);
  });

  it('tells every mistake by its place', () => {
    expect(mistakesOf({ alertname: 'x', labels: { a: '$[', b: '$.b' }, extra: 1 })).toEqual([
      expect.stringMatching(/^alertname: /),
      expect.stringMatching(/^labels/),
      expect.stringMatching(/^: .*extra/),
    ]);
  });
});
