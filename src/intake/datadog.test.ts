import { describe, expect, it } from 'vitest';
import { alertOf, arrived, buildContext, groupsOf, RECEIVED_AT, readFixture } from './__fixtures__/deliveries.ts';
import { readDatadog } from './datadog.ts';

const read = (over: object = {}) => readDatadog(arrived({ ...readFixture('datadog'), ...over }), buildContext());

describe('Datadog', () => {
  it('makes labels of the tags: values may hold colons, a key counts once, a word is no label', () => {
    const alert = alertOf(read());
    expect(alert.labels).toEqual({
      service: 'db',
      env: 'prod',
      team: 'shop',
      url: 'http://db.example.com:5432',
      host: 'db-1',
      alertname: 'Disk of the database fills up',
      metric: 'system.disk.in_use',
      priority: 'P2',
    });
    expect(alert.annotations).toMatchObject({ description: 'The disk fills up.', tags: 'monitor' });
    expect(alert).toMatchObject({ generatorURL: 'https://app.datadoghq.example.com/monitors/81234' });
  });

  it('reads the date in milliseconds, and calls the start a guess', () => {
    expect(alertOf(read())).toMatchObject({ startsAt: '2026-03-01T10:00:00.000Z', startIsGuessed: true });
  });

  it.each([
    ['Triggered', 'firing'],
    ['Re-Triggered', 'firing'],
    ['Warn', 'firing'],
    ['Re-Warn', 'firing'],
    ['No Data', 'firing'],
    ['Re-No Data', 'firing'],
    ['Renotify', 'firing'],
    ['Recovered', 'resolved'],
  ])('reads the transition %s as %s', (alert_transition, status) => {
    expect(alertOf(read({ alert_transition })).status).toBe(status);
  });

  it('is the same alert with the same name from trigger to recovery', () => {
    const recovered = alertOf(
      read({
        alert_transition: 'Recovered',
        alert_title: '[P2] [Recovered on {host:db-1}] Disk of the database fills up',
        date: '1772360100000',
      }),
    );
    const { fingerprint, labels } = alertOf(read());
    expect(recovered).toMatchObject({ fingerprint, labels, endsAt: '2026-03-01T10:15:00.000Z' });
  });

  it('takes variables without a value, which arrive by their name, as absent', () => {
    const body = {
      alert_title: 'Disk',
      alert_transition: 'Triggered',
      alert_id: '$ALERT_ID',
      alert_cycle_key: '$ALERT_CYCLE_KEY',
      aggreg_key: '$AGGREG_KEY',
      host_name: '$HOSTNAME',
      alert_metric: '$ALERT_METRIC',
      tags: '$TAGS',
      alert_scope: '$TAGS[host]',
      date: '$DATE',
      link: '$LINK',
      alert_status: 'null',
      text_only_msg: '',
    };
    const alert = alertOf(readDatadog(body, buildContext()));
    expect(alert.labels).toEqual({ alertname: 'Disk' });
    expect(alert.startsAt).toBe(RECEIVED_AT.toISOString());
    expect(JSON.stringify(alert)).not.toContain('$');
  });

  it('tells the hosts of one monitor apart by their scope where there is no key of the firing', () => {
    const keyless = (alert_scope: string) => alertOf(read({ alert_cycle_key: '$ALERT_CYCLE_KEY', alert_scope }));
    expect(keyless('host:db-1').fingerprint).not.toBe(keyless('host:db-2').fingerprint);
    expect(keyless('host:db-1,az:a').fingerprint).toBe(keyless('az:a, host:db-1').fingerprint);
  });

  it('groups as Datadog aggregates', () => {
    expect(groupsOf(read())[0]?.groupKey).toBe('9bd4ac31');
  });

  it('reads templates like ours: tags as a list, the type instead of the transition, the title by another name', () => {
    const other = {
      alert_transition: undefined,
      alert_type: 'success',
      alert_title: undefined,
      title: '[Recovered] Disk',
    };
    expect(alertOf(read({ ...other, tags: ['service:db', 7] }))).toMatchObject({
      status: 'resolved',
      labels: { alertname: 'Disk', service: 'db' },
    });
  });

  it('ignores events that are no alert, and refuses what is no object', () => {
    expect(read({ alert_transition: '$ALERT_TRANSITION', alert_type: 'info' })).toMatchObject({ kind: 'ignored' });
    expect(() => readDatadog([], buildContext())).toThrow(/\(body\)/);
  });
});
