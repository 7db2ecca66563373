import { describe, expect, it } from 'vitest';
import { alertOf, arrived, buildContext, readFixture } from './__fixtures__/deliveries.ts';
import { readOpsgenie } from './opsgenie.ts';

const read = (body: unknown) => readOpsgenie(arrived(body), buildContext());

function notice(action: string, alert: object = {}) {
  const body = readFixture('opsgenie');
  return { ...body, action, alert: { ...Object(body['alert']), ...alert } };
}

describe('Opsgenie', () => {
  it('makes labels of tags and details, and does not keep who is behind it', () => {
    const alert = alertOf(read(readFixture('opsgenie')));
    expect(alert).toEqual({
      status: 'firing',
      fingerprint: '3f1c9d54-0000-4000-8000-000000000001',
      startsAt: '2026-03-01T10:00:00.000Z',
      labels: {
        alertname: 'Web queue is long',
        entity: 'web-1',
        priority: 'P2',
        team: 'shop',
        service: 'web',
        env: 'prod',
        severity: 'page',
        waiting: '512',
      },
      annotations: { summary: 'Web queue is long', description: 'More than 500 requests wait', tags: 'urgent' },
    });
    expect(JSON.stringify(alert)).not.toContain('@');
  });

  it('reads createdAt in milliseconds and updatedAt in nanoseconds', () => {
    expect(alertOf(read(notice('Close')))).toMatchObject({
      status: 'resolved',
      startsAt: '2026-03-01T10:00:00.000Z',
      endsAt: '2026-03-01T10:00:01.250Z',
    });
  });

  it('takes the name that another tool gave the alert before the message', () => {
    const alert = alertOf(read(notice('Create', { details: { alertname: 'QueueLong' } })));
    expect(alert.labels['alertname']).toBe('QueueLong');
  });

  it('closes what was deleted, because nobody will close it any more', () => {
    expect(alertOf(read(notice('Delete'))).status).toBe('resolved');
  });

  it('is the same alert when only closing leaves the texts out', () => {
    const [open, close] = [
      notice('Create'),
      notice('Close', { details: undefined, description: undefined, tags: undefined, teams: undefined }),
    ].map((body) => alertOf(read(body)));
    expect(close?.fingerprint).toBe(open?.fingerprint);
    expect(close?.startsAt).toBe(open?.startsAt);
  });

  it.each(['Acknowledge', 'AddNote', 'EscalateNext', 'a custom action'])('ignores %s and says why', (action) => {
    expect(read(notice(action))).toEqual({ kind: 'ignored', why: expect.stringContaining(action) });
  });
});
