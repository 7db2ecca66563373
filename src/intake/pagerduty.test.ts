import { describe, expect, it } from 'vitest';
import { alertOf, arrived, buildContext, readFixture } from './__fixtures__/deliveries.ts';
import { readPagerDuty } from './pagerduty.ts';

const read = (body: unknown) => readPagerDuty(arrived(body), buildContext());

function event(type: string, data: object = {}) {
  const { event } = readFixture('pagerduty');
  const told = Object(event);
  return { event: { ...told, event_type: type, occurred_at: '2026-03-01T10:20:00Z', data: { ...told.data, ...data } } };
}

describe('PagerDuty', () => {
  it('makes of an incident without labels an alert with the title as its name and the service', () => {
    expect(alertOf(read(readFixture('pagerduty')))).toEqual({
      status: 'firing',
      fingerprint: 'Q0EXAMPLE1',
      startsAt: '2026-03-01T10:00:00.000Z',
      labels: { alertname: 'Web answers 5xx', service: 'web', priority: 'P2', urgency: 'high', team: 'Shop' },
      annotations: { summary: 'Web answers 5xx' },
      generatorURL: 'https://shop.pagerduty.example.com/incidents/Q0EXAMPLE1',
    });
  });

  it('closes what was opened: the same alert with the same start, when it was resolved', () => {
    expect(alertOf(read(event('incident.resolved')))).toMatchObject({
      status: 'resolved',
      fingerprint: 'Q0EXAMPLE1',
      startsAt: '2026-03-01T10:00:00.000Z',
      endsAt: '2026-03-01T10:20:00.000Z',
    });
  });

  it('takes an incident that is opened again as another firing, which its end closes', () => {
    const reopened = { reopened_at: '2026-03-01T11:00:00Z' };
    const [again, end] = [event('incident.reopened', reopened), event('incident.resolved', reopened)].map((body) =>
      alertOf(read(body)),
    );
    expect(again).toMatchObject({ status: 'firing', startsAt: '2026-03-01T11:00:00.000Z' });
    expect(end).toMatchObject({ status: 'resolved', startsAt: again?.startsAt });
  });

  it.each(['incident.priority_updated', 'incident.acknowledged', 'incident.annotated', 'service.updated'])(
    'ignores %s and says why',
    (type) => {
      expect(read(event(type))).toEqual({ kind: 'ignored', why: expect.stringContaining(type) });
    },
  );

  it('ignores the ping by which PagerDuty tries a subscription, which has no incident', () => {
    const ping = { event: { id: '1', event_type: 'pagey.ping', data: { message: 'Hello', type: 'ping' } } };
    expect(read(ping)).toMatchObject({ kind: 'ignored' });
  });

  it('makes do without all that may be null', () => {
    const bare = event('incident.triggered', { service: null, priority: null, teams: null, title: '', html_url: null });
    expect(alertOf(read(bare)).labels).toEqual({ alertname: 'PagerDuty incident', urgency: 'high' });
  });

  it('says what is missing in an incident', () => {
    expect(() => read(event('incident.triggered', { id: 7 }))).toThrow(/event\.data\.id/);
    expect(() => read({})).toThrow(/event: Invalid input/);
  });
});
