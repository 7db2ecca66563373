import { describe, expect, it } from 'vitest';
import { Sender } from '../domain/occurrence.ts';
import { createMemoryIntake } from '../testing/memory-intake.ts';
import { arrived, buildContext, groupsOf, readFixture } from './__fixtures__/deliveries.ts';
import { AlertMap } from './alert-map.ts';
import { SENDERS } from './senders.ts';

const minute = (at: number) => new Date(Date.UTC(2026, 2, 1, 10, at));
const map = AlertMap.parse({ alertname: '$.name', status: '$.state', fingerprint: '$.key' });

/** The same alert as a sender tells of it at a minute: that it fires, or that it is over. */
const TOLD: Readonly<Record<Sender, (isOver: boolean, at: number) => unknown>> = {
  alertmanager: (isOver) => toGroup(readFixture('alertmanager'), isOver),
  grafana: (isOver) => toGroup(readFixture('grafana'), isOver),
  pagerduty: (isOver, at) => {
    const event = Object(readFixture('pagerduty')['event']);
    const event_type = isOver ? 'incident.resolved' : 'incident.triggered';
    return { event: { ...event, event_type, occurred_at: minute(at).toISOString() } };
  },
  opsgenie: (isOver, at) => {
    const body = readFixture('opsgenie');
    const alert = { ...Object(body['alert']), updatedAt: minute(at).getTime() * 1e6 };
    return { ...body, action: isOver ? 'Close' : 'Create', alert };
  },
  datadog: (isOver, at) => ({
    ...readFixture('datadog'),
    alert_transition: isOver ? 'Recovered' : at === 0 ? 'Triggered' : 'Renotify',
    date: String(minute(at).getTime()),
  }),
  cloudevents: (isOver, at) => ({
    ...readFixture('cloudevents'),
    id: `evt-${at}`,
    type: `com.example.queue.backlog.${isOver ? 'resolved' : 'firing'}`,
    time: minute(at).toISOString(),
  }),
  generic: (isOver) => ({ name: 'DiskFull', key: 'disk/db-1', state: isOver ? 'ok' : 'problem' }),
};

/** Of the group only the alert that fires. */
function toGroup(body: { [key: string]: unknown }, isOver: boolean) {
  const [alert] = [body['alerts']].flat();
  const status = isOver ? 'resolved' : 'firing';
  const endsAt = isOver ? minute(9).toISOString() : '0001-01-01T00:00:00Z';
  return { ...body, status, alerts: [{ ...Object(alert), status, endsAt }] };
}

describe.each(Sender.options)('what %s tells', (sender) => {
  it('begins one occurrence, which repetition leaves alone and its end closes', async () => {
    await using store = createMemoryIntake();
    const outcomes: string[] = [];
    const tell = async (isOver: boolean, at: number) => {
      const context = buildContext({ receivedAt: minute(at), ...(sender === 'generic' ? { map } : {}) });
      const groups = groupsOf(SENDERS[sender].read(arrived(TOLD[sender](isOver, at)), context));
      const incoming = groups.map((group, index) => ({
        id: `o${at}-${index}`,
        namespace: 'default',
        sender,
        group,
        situationKey: 'same',
      }));
      outcomes.push(...(await store.accept(incoming, minute(at))).map(({ outcome }) => outcome));
    };
    await tell(false, 0);
    await tell(false, 5);
    expect(await store.findOccurrence('o0-0')).toMatchObject({ alerts: { firing: 1, resolved: 0 } });
    await tell(true, 10);
    expect(outcomes).toEqual(['new', 'duplicate', 'resolved']);
    const occurrence = await store.findOccurrence('o0-0');
    expect(occurrence).toMatchObject({ alerts: { firing: 0, resolved: 1 } });
    expect(occurrence?.durationSeconds).toBeGreaterThan(0);
    await tell(false, 20);
    expect(outcomes.at(-1)).toBe(hasOwnStart(sender) ? 'duplicate' : 'new');
  });
});

/** What says when it began is the same firing, however late it comes; what does not has begun again. */
function hasOwnStart(sender: Sender): boolean {
  return ['alertmanager', 'grafana', 'pagerduty', 'opsgenie'].includes(sender);
}
