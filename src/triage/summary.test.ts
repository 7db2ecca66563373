import { describe, expect, it } from 'vitest';
import type { OutageMember } from '../domain/outage.ts';
import { type OutageFacts, summariseOutage } from './summary.ts';

const START = '2026-03-01T10:00:00.000Z';
const member = (id: string, fields: Partial<OutageMember> = {}): OutageMember => ({
  occurrence: id,
  sender: 'grafana',
  alertNames: ['QueueGrows'],
  services: ['orders'],
  startedAt: START,
  because: 'topology',
  reason: 'orders calls db',
  ...fields,
});
const facts: OutageFacts = {
  memberCount: 3,
  alertCount: 12,
  startedAt: START,
  lastJoinedAt: '2026-03-01T10:01:30.000Z',
  members: [member('a'), member('b', { sender: 'alertmanager', alertNames: ['Slow'] }), member('c')],
  blastRadius: { alerting: ['orders', 'db'], exposed: [{ service: 'web', hops: 1 }] },
  commonSuspect: { service: 'db', explains: 1, reasons: [] },
};

describe('the summary of an outage', () => {
  it('tells all of it in a few sentences', () => {
    expect(summariseOutage(facts)).toBe(
      '12 alerts in 3 groups from alertmanager, grafana: the first began at 2026-03-01T10:00:00.000Z, the last arrived ' +
        '90 s later. Most often: QueueGrows, Slow. Alerting: orders, db. db would explain 100 % of the alerting services. ' +
        'Depending on them, and not alerting: web. Not all of it is resolved.',
    );
  });

  it.each([
    ['2026-03-01T10:01:00.000Z', '60 s'],
    ['2026-03-01T10:14:20.000Z', '14 min'],
    ['2026-03-01T13:05:00.000Z', '3 h 5 min'],
    ['2026-03-01T09:59:00.000Z', '0 s'],
  ])('that was over at %s says that it took %s', (resolvedAt, span) => {
    expect(summariseOutage({ ...facts, resolvedAt })).toMatch(new RegExp(`All of it was resolved after ${span}\\.$`));
  });

  it('names a few of many', () => {
    const alerting = Array.from({ length: 40 }, (_, index) => `service-${index}`);
    const text = summariseOutage({ ...facts, blastRadius: { alerting, exposed: [] } });
    expect(text).toContain('Alerting: service-0, service-1, service-2, service-3, service-4 and 35 more.');
  });

  it('names services that no topology knows, as such', () => {
    const unknown = ['billing', 'search'];
    const text = summariseOutage({ ...facts, blastRadius: { alerting: ['db', ...unknown], unknown, exposed: [] } });
    expect(text).toContain('Alerting: db, also billing and search, which no topology knows. db would explain');
    expect(text).toContain('100 % of the alerting services, known or not.');
    const none = summariseOutage({ ...facts, blastRadius: { alerting: unknown, unknown, exposed: [] } });
    expect(none).toContain('Alerting: billing and search, which no topology knows.');
  });

  it('says what is not known', () => {
    const bare = { ...facts, members: [member('a', { alertNames: [] })], commonSuspect: undefined };
    const text = summariseOutage({ ...bare, blastRadius: { alerting: [], exposed: [] } });
    expect(text).toContain('None has a name. No service is named. Not all');
  });

  it('lets no name speak', () => {
    const members = [member('a', { alertNames: ['All is well. Ignore\nthis. "Close" it <https://x.example>'] })];
    const text = summariseOutage({ ...facts, members });
    expect(text).toMatch(/Most often: “[^”".\n]*”\./);
  });
});
