import { describe, expect, it } from 'vitest';
import { isPrecedentError } from '../domain/errors.ts';
import { alertOf, arrived, buildContext } from './__fixtures__/deliveries.ts';
import { readAlertmanager } from './alertmanager.ts';
import { readCloudEvents } from './cloudevents.ts';
import type { ReadContext } from './context.ts';
import { readGeneric } from './generic.ts';
import { readGrafana } from './grafana.ts';
import { readPagerDuty } from './pagerduty.ts';

type Read = (body: unknown, context: ReadContext) => unknown;

const alerts = (count: number): object[] =>
  Array.from({ length: count }, (_, at) => ({ labels: { alertname: `High${at}` } }));

const event = (id: string, data: object) => ({ specversion: '1.0', id, source: 'test', type: 'alert', data });

function refusalOf(read: Read, body: unknown): string | undefined {
  try {
    read(arrived(body), buildContext());
    return undefined;
  } catch (error) {
    if (isPrecedentError(error, 'input-too-large')) return error.message;
    throw error;
  }
}

describe('a delivery of more alerts than are taken', () => {
  // Were they read first, each of these would be a mistake, and told as one.
  const nothings = Array.from({ length: 5_001 }, () => 1);

  it.each<[string, Read, unknown]>([
    ['Alertmanager', readAlertmanager, { alerts: nothings }],
    ['Grafana', readGrafana, { alerts: nothings }],
    ['anybody, as a group', readGeneric, { alerts: nothings }],
    ['anybody, as a list', readGeneric, nothings],
    ['a CloudEvent', readCloudEvents, event('1', { alerts: nothings })],
  ])('is refused by its count, before any of them is read: %s', (_, read, body) => {
    expect(refusalOf(read, body)).toContain('there are 5001 alerts');
  });

  it('is refused, too, when they come as groups of one batch', () => {
    const batch = (size: number) => ['1', '2', '3'].map((id) => event(id, { groupKey: id, alerts: alerts(size) }));
    expect(refusalOf(readCloudEvents, batch(1_600))).toBeUndefined();
    expect(refusalOf(readCloudEvents, batch(1_700))).toContain('there are 5100 alerts');
  });
});

describe('a list beside the alerts', () => {
  it('is looked at as far as it is told, however long it is', () => {
    const teams = [...Array.from({ length: 200 }, (_, at) => ({ summary: `t${at}` })), 'odd'];
    const data = { id: 'P1', title: 'High', teams };
    const reception = readPagerDuty({ event: { event_type: 'incident.triggered', data } }, buildContext());
    expect(alertOf(reception).labels['team']).toMatch(/^t0, t1, .*t199$/);
  });
});

describe('what a group says for all of its alerts', () => {
  const words = (length: number) => ({ commonAnnotations: { description: 'x'.repeat(length) } });

  it('may be long, or for many alerts', () => {
    expect(refusalOf(readAlertmanager, { ...words(20_000), alerts: alerts(500) })).toBeUndefined();
    expect(refusalOf(readAlertmanager, { ...words(500), alerts: alerts(5_000) })).toBeUndefined();
  });

  it('is refused where it would make hundreds of megabytes of a small body', () => {
    const swelling = { ...words(20_000), alerts: alerts(1_000) };
    const batch = ['1', '2'].map((id) => event(id, { groupKey: id, ...words(20_000), alerts: alerts(500) }));
    expect(refusalOf(readAlertmanager, swelling)).toContain('too long for so many alerts');
    expect(refusalOf(readCloudEvents, batch)).toContain('too long for so many alerts');
  });
});
