import { describe, expect, it } from 'vitest';
import type { Tidings } from '../deliver/telling.ts';
import type { DeliveryEvent } from '../domain/delivery.ts';
import type { Occurrence } from '../domain/occurrence.ts';
import { done, failed } from '../testing/diagnosis-builder.ts';
import { createCourierTidings } from './tidings.ts';

const occurrence: Occurrence = {
  id: 'o1',
  namespace: 'default',
  sender: 'alertmanager',
  groupKey: 'g',
  status: 'answered',
  receivedAt: '2026-03-01T10:00:00.000Z',
  startedAt: '2026-03-01T10:00:00.000Z',
  resolvedAt: '2026-03-01T10:20:00.000Z',
  alerts: { firing: 0, resolved: 1 },
};

function open(wanted: readonly DeliveryEvent[] = ['diagnosis.done', 'occurrence.resolved'], isAway = false) {
  const told: Tidings[] = [];
  const looked: string[] = [];
  const failures: string[] = [];
  const tidings = createCourierTidings({
    courier: {
      isWanted: (event) => wanted.includes(event),
      async enqueue(more) {
        if (isAway) throw new Error('the casebook is away');
        told.push(...more);
      },
    },
    intake: {
      async findOccurrence(id) {
        looked.push(id);
        return id === 'gone' ? undefined : { ...occurrence, id };
      },
    },
    onFailure: (what) => failures.push(what),
  });
  return { tidings, looked, failures, said: () => told.map(({ event, subject }) => `${event} ${subject}`) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('tidings', () => {
  it('of a finished diagnosis are kept before the desk goes on, those of an outage with it', async () => {
    const { tidings, said } = open();
    await tidings.onSettled(done('d1', 'precedent'), {
      subject: { kind: 'occurrence', id: 'd1' },
      occurrences: [occurrence],
    });
    await tidings.onSettled(failed('d2'), { subject: { kind: 'outage', id: 'u1' }, occurrences: [] });
    expect(said()).toEqual(['diagnosis.done d1', 'outage.opened u1', 'diagnosis.failed d2']);
    const away = open([], true).tidings.onSettled(failed('d2'), {
      subject: { kind: 'outage', id: 'u1' },
      occurrences: [],
    });
    await expect(away).rejects.toThrow('away');
  });

  it('of answers that were known before go by the alerts that they answer', async () => {
    const { tidings, said } = open();
    await tidings.onReuse([{ occurrence: 'o1' }, { occurrence: 'gone' }, { occurrence: 'o2' }]);
    expect(said()).toEqual(['diagnosis.done o1', 'diagnosis.done o2']);
  });

  it('of alerts that are over follow their arrival, each once', async () => {
    const { tidings, said } = open();
    tidings.onAccepted([
      { outcome: 'resolved', occurrence: 'o1' },
      { outcome: 'resolved', occurrence: 'o1', alsoClosed: ['o3'] },
      { outcome: 'new', occurrence: 'o2', alsoClosed: ['o4'] },
      { outcome: 'unknown' },
    ]);
    tidings.onDoneLater(done('d1', 'precedent'));
    await settled();
    expect(said().sort()).toEqual([
      'diagnosis.done d1',
      'occurrence.resolved o1',
      'occurrence.resolved o3',
      'occurrence.resolved o4',
    ]);
  });

  it('that nobody wants cost no look into the casebook, and what cannot be kept is told to the log', async () => {
    const { tidings, looked } = open(['outage.opened']);
    tidings.onAccepted([{ outcome: 'resolved', occurrence: 'o1' }]);
    await tidings.onReuse([{ occurrence: 'o1' }]);
    await settled();
    expect(looked).toEqual([]);
    const away = open(['occurrence.resolved'], true);
    away.tidings.onAccepted([{ outcome: 'resolved', occurrence: 'o1' }]);
    await settled();
    expect(away.failures).toEqual(['enqueue deliveries']);
  });
});
