import { describe, expect, it } from 'vitest';
import { alertOf, arrived, buildContext, groupsOf, readFixture } from './__fixtures__/deliveries.ts';
import { readGrafana } from './grafana.ts';

const read = (body: unknown) => readGrafana(arrived(body), buildContext());
const one = (alert: object) => ({
  version: '1',
  alerts: [{ status: 'firing', labels: { alertname: 'High' }, ...alert }],
});

describe('Grafana', () => {
  it('is read under version "1", with what the rule measured as words', () => {
    const alert = alertOf(read(readFixture('grafana')));
    expect(alert).toMatchObject({
      status: 'firing',
      startsAt: '2026-03-01T10:00:00.500Z',
      fingerprint: '7c6b5a4938271605',
      annotations: {
        summary: 'orders wait to be written',
        values: 'B=1280.5, C=1',
        dashboardURL: 'https://grafana.example.com/d/orders',
      },
    });
    expect(alert.annotations).not.toHaveProperty('panelURL');
  });

  it('keeps the groups of two organisations apart', () => {
    const body = readFixture('grafana');
    const keys = [body, { ...body, orgId: 4 }].map((delivery) => groupsOf(read(delivery))[0]?.groupKey);
    expect(keys[0]).toMatch(/^3:/);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('takes the measured values as Grafana 9 wrote them, and none at all', () => {
    expect(alertOf(read(one({ valueString: "[ var='B' value=3 ]" }))).annotations['values']).toBe(
      "[ var='B' value=3 ]",
    );
    expect(alertOf(read(one({ values: null }))).annotations).not.toHaveProperty('values');
    expect(alertOf(read(one({ values: 'odd' }))).status).toBe('firing');
  });

  it.each([
    ['DatasourceNoData', 'The rule Orders backlog gave no data'],
    ['DatasourceError', 'The rule Orders backlog could not be evaluated'],
  ])('says of which rule %s speaks, and does not pass it off as the rule itself', (alertname, summary) => {
    const alert = alertOf(read(one({ labels: { alertname, rulename: 'Orders backlog' } })));
    expect(alert.labels['alertname']).toBe(alertname);
    expect(alert.annotations['summary']).toBe(summary);
  });

  it.each([
    ['alerting', 'firing'],
    ['no_data', 'firing'],
    ['ok', 'resolved'],
  ])('reads the state %s of the alerting before 9 as %s', (state, status) => {
    const reception = read({ ...readFixture('grafana-legacy'), state });
    expect(alertOf(reception)).toMatchObject({
      status,
      labels: { alertname: 'DB disk', service: 'db' },
      annotations: { values: 'db-1=93' },
      fingerprint: alertOf(read(readFixture('grafana-legacy'))).fingerprint,
    });
  });

  it('ignores a rule that is paused or pending, and says so', () => {
    expect(read({ ...readFixture('grafana-legacy'), state: 'pending' })).toMatchObject({ kind: 'ignored' });
  });
});
