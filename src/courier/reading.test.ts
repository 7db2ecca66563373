import { describe, expect, it } from 'vitest';
import type { FoundAnswer } from '../answer-watch/answer-watch.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { Occurrence, ReusedAnswer } from '../domain/occurrence.ts';
import type { Outage } from '../domain/outage.ts';
import { done, failed, pending } from '../testing/diagnosis-builder.ts';
import { createCourierReader } from './reading.ts';

const occurrence: Occurrence = {
  id: 'o1',
  namespace: 'default',
  sender: 'alertmanager',
  groupKey: 'g',
  status: 'answered',
  receivedAt: '2026-03-01T10:00:00.000Z',
  startedAt: '2026-03-01T10:00:00.000Z',
  alerts: { firing: 1, resolved: 0 },
};
const reused = { because: 'identical', diagnosis: 'one' } as ReusedAnswer;
const outage = { id: 'u1', summary: 'all of it' } as Outage;

function read(found: FoundAnswer) {
  return createCourierReader({
    getAnswer: async () => found,
    getOutage: async () => outage,
    intake: { listAnsweredBy: async (diagnosis) => [{ ...occurrence, diagnosis, status: 'waiting' }] },
  });
}

describe('what a message tells', () => {
  it('is the diagnosis with the occurrences that it answers', async () => {
    const told = await read({ record: done('one', 'precedent') })({ event: 'diagnosis.done', subject: 'one' });
    expect(told).toMatchObject({ kind: 'answer', answer: { id: 'one' } });
    // Told just before the task is written off, which nobody who reads it need know.
    expect(told).toMatchObject({ occurrences: [{ diagnosis: 'one', status: 'answered' }] });
  });

  it('is of an answer that was known before that alone, not all that it ever answered', async () => {
    const found = { record: done('one', 'precedent'), occurrence, reused };
    const told = await read(found)({ event: 'diagnosis.done', subject: 'o1' });
    expect(told).toMatchObject({ kind: 'answer', answer: { id: 'one', occurrence, reused }, occurrences: [] });
  });

  it('is why there is none', async () => {
    const told = await read({ record: failed('one', 'away') })({ event: 'diagnosis.failed', subject: 'one' });
    expect(told).toMatchObject({ kind: 'failure', code: 'index-unavailable', detail: 'away' });
  });

  it('is an occurrence that is over, or an outage', async () => {
    const reader = read({ record: pending('o1'), occurrence });
    expect(await reader({ event: 'occurrence.resolved', subject: 'o1' })).toEqual({ kind: 'occurrence', occurrence });
    expect(await reader({ event: 'outage.opened', subject: 'u1' })).toEqual({ kind: 'outage', outage });
  });

  it('is nothing yet of what is pending, and nothing at all of what is no more', async () => {
    const reader = read({ record: pending('one') });
    await expect(reader({ event: 'diagnosis.done', subject: 'one' })).rejects.toBeInstanceOf(PrecedentError);
    await expect(reader({ event: 'occurrence.resolved', subject: 'one' })).rejects.toMatchObject({ code: 'not-found' });
  });
});
