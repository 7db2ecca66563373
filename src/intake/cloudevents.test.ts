import { describe, expect, it } from 'vitest';
import { alertOf, alertsOf, arrived, buildContext, groupsOf, readFixture } from './__fixtures__/deliveries.ts';
import { readCloudEvents } from './cloudevents.ts';

const read = (body: unknown, headers: Record<string, string> = {}) =>
  readCloudEvents(arrived(body), buildContext({ headers }));
const event = (over: object = {}) => ({ ...readFixture('cloudevents'), ...over });

describe('a CloudEvent', () => {
  it('as JSON is an alert named by its type, with what its data says', () => {
    expect(alertOf(read(event()))).toMatchObject({
      status: 'firing',
      startsAt: '2026-03-01T10:00:00.000Z',
      startIsGuessed: true,
      labels: {
        alertname: 'com.example.queue.backlog',
        subject: 'orders',
        service: 'orders',
        severity: 'warning',
        queue: 'orders-in',
      },
      annotations: { message: '2,000 messages wait' },
    });
  });

  it('in headers is the same alert', () => {
    const { data, ...attributes } = event();
    const headers = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`ce-${key}`, String(value)]));
    expect(alertOf(read(data, { ...headers, 'content-type': 'application/json' }))).toEqual(alertOf(read(event())));
  });

  it('in headers may have a percent-encoded subject, and text as its data', () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': 's',
      'ce-type': 't',
      'ce-subject': 'caf%C3%A9%',
    };
    const alert = alertOf(read('the queue is long', { ...headers, 'content-type': 'text/plain' }));
    expect(alert.annotations).toEqual({ description: 'the queue is long' });
    expect(alert.labels['subject']).toBe('caf%C3%A9%');
    expect(alertOf(read('x', { ...headers, 'ce-subject': 'caf%C3%A9' })).labels['subject']).toBe('café');
  });

  it('may have its data in base 64: JSON, or text', () => {
    const base64 = (text: string) => ({ data: undefined, data_base64: Buffer.from(text).toString('base64') });
    expect(alertOf(read(event(base64('{"service":"db"}')))).labels).toMatchObject({ service: 'db' });
    expect(alertOf(read(event(base64('not {json')))).annotations).toEqual({ description: 'not {json' });
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(alertOf(read(event(base64(deep)))).status).toBe('firing');
  });

  it('is the same when it is sent again, and another when another thing is meant', () => {
    const fingerprints = [event(), event(), event({ subject: 'web' }), event({ source: 'elsewhere' })].map(
      (body) => alertOf(read(body)).fingerprint,
    );
    expect(fingerprints[0]).toBe(fingerprints[1]);
    expect(new Set(fingerprints).size).toBe(3);
  });

  it('without a subject is told from others by its source and id', () => {
    const bare = (id: string) => alertOf(read(event({ subject: undefined, id }))).fingerprint;
    expect(bare('1')).toBe(bare('1'));
    expect(bare('1')).not.toBe(bare('2'));
  });

  it.each([
    ['the end of its type', { type: 'com.example.queue.backlog.resolved' }],
    [
      'the end of its type, whatever its data calls that',
      { type: 'com.example.queue.backlog.closed', data: { status: 'done' } },
    ],
    ['the status in its data', { data: { status: 'OK' } }],
  ])('resolves by %s what was told of the same subject', (_, over) => {
    const resolved = alertOf(read(event({ ...over, id: 'evt-2', time: '2026-03-01T10:30:00Z' })));
    expect(resolved).toMatchObject({
      status: 'resolved',
      fingerprint: alertOf(read(event())).fingerprint,
      endsAt: '2026-03-01T10:30:00.000Z',
    });
  });

  it('that was only looked at by somebody is ignored', () => {
    for (const data of [{}, { status: 'acknowledged' }, { status: 'ok' }]) {
      const seen = event({ type: 'com.example.queue.backlog.acknowledged', data });
      expect(read(seen)).toMatchObject({ kind: 'ignored', why: expect.stringContaining('type') });
    }
  });

  it('may carry alerts in Alertmanager’s shape, which keep their own names and starts', () => {
    const alert = alertOf(read(event({ data: { alerts: [readAlert('a')] } })));
    expect(alert).toMatchObject({
      labels: { alertname: 'High' },
      fingerprint: 'a',
      startsAt: '2026-03-01T09:00:00.000Z',
    });
    expect(alert.startIsGuessed).toBeUndefined();
  });

  it('comes in batches, where what is about one thing is one group', () => {
    const type = 'application/cloudevents-batch+json';
    const batch = [event(), event({ id: 'evt-2', subject: 'web' }), event({ id: 'evt-3', type: 'x.acknowledged' })];
    const carried = [readAlert('a'), readAlert('b')].map((alert, at) =>
      event({ id: `c${at}`, subject: 'carried', data: { alerts: [alert] } }),
    );
    const reception = read([...batch, ...carried], { 'content-type': type });
    expect(groupsOf(reception).map(({ alerts }) => alerts.length)).toEqual([1, 1, 2]);
    expect(alertsOf(reception)).toHaveLength(4);
    expect(read([], { 'content-type': type })).toEqual({ kind: 'ignored', why: 'there is no event in it' });
  });

  it('in a batch keep their own words, also where they are about one thing', () => {
    const group = (service: string) => ({
      groupKey: 'k',
      commonLabels: { service },
      alerts: [{ labels: { alertname: service } }],
    });
    const batch = ['web', 'db', 'web'].map((service) => event({ id: service, data: group(service) }));
    const told = groupsOf(read(batch)).map(({ groupKey, commonLabels, alerts }) => [
      groupKey,
      commonLabels['service'],
      alerts.map(({ labels }) => labels['alertname']),
    ]);
    expect(told).toEqual([
      ['k', 'web', ['web', 'web']],
      ['k', 'db', ['db']],
    ]);
  });

  it('must have what CloudEvents 1.0 asks for', () => {
    expect(() => read(event({ id: undefined }))).toThrow(/id: /);
    expect(() => read([event(), event({ id: undefined })])).toThrow(/\[1\]\.id: /);
    expect(() => read(event({ specversion: '0.3' }))).toThrow('specversion: must be 1.0');
    expect(() => read(Array.from({ length: 1_001 }, () => event()))).toThrow('1001 events');
  });
});

function readAlert(fingerprint: string) {
  return { status: 'firing', labels: { alertname: 'High' }, startsAt: '2026-03-01T09:00:00Z', fingerprint };
}
