import { describe, expect, it } from 'vitest';
import type { CallbackDestination } from '../domain/callback.ts';
import type { Occurrence } from '../domain/occurrence.ts';
import type { Outage } from '../domain/outage.ts';
import { buildPromotable } from '../testing/promotable-builder.ts';
import { buildCallback, type Told } from './callback.ts';
import { deliveryIdOf, tidingsOfDiagnosis, tidingsOfEnd, tidingsOfReuse, wants } from './telling.ts';

const createdAt = '2026-03-01T10:00:05.000Z';
const occurrence: Occurrence = {
  id: 'o1',
  namespace: 'team-a',
  sender: 'grafana',
  groupKey: 'g',
  status: 'answered',
  because: 'own',
  diagnosis: 'o1',
  receivedAt: '2026-03-01T10:00:00.000Z',
  startedAt: '2026-03-01T10:00:00.000Z',
  alerts: { firing: 3, resolved: 0 },
};
const resolved: Occurrence = {
  ...occurrence,
  alerts: { firing: 0, resolved: 3 },
  resolvedAt: '2026-03-01T10:20:00.000Z',
  durationSeconds: 1_200,
};
const outage: Outage = {
  id: 'u1',
  namespace: 'team-a',
  status: 'open',
  openedAt: createdAt,
  startedAt: createdAt,
  lastJoinedAt: createdAt,
  memberCount: 2,
  alertCount: 4,
  members: [],
  blastRadius: { alerting: ['checkout', 'db'], exposed: [] },
  commonSuspect: null,
  summary: '2 groups of 4 alerts: <!channel> checkout and db.',
};
const answer: Told = { kind: 'answer', answer: { ...buildPromotable(), occurrence }, occurrences: [occurrence] };
const failure: Told = { kind: 'failure', code: 'index-empty', detail: 'run `precedent ingest`', occurrences: [] };

function build(format: CallbackDestination['format'], told: Told, publicUrl?: string) {
  const event = told.kind === 'answer' ? 'diagnosis.done' : 'diagnosis.failed';
  return JSON.parse(buildCallback(format, { event, subject: 'o1', createdAt }, told, publicUrl));
}

describe('the body of a callback', () => {
  it('says what happened, when, and all that is known of it', () => {
    expect(build('diagnosis', answer, 'https://precedent.example.com/')).toEqual({
      type: 'diagnosis.done',
      timestamp: createdAt,
      data: {
        id: 'o1',
        link: 'https://precedent.example.com/v1/diagnoses/o1',
        diagnosis: { ...buildPromotable(), occurrence },
        occurrences: [occurrence],
      },
    });
    expect(build('diagnosis', failure).data).toMatchObject({ code: 'index-empty', link: '/v1/diagnoses/o1' });
    expect(build('diagnosis', { kind: 'occurrence', occurrence: resolved }).data.occurrence).toEqual(resolved);
    expect(build('diagnosis', { kind: 'outage', outage }).data).toMatchObject({ link: '/v1/outages/o1', outage });
  });

  it('as annotation has the text that a ticket or a note takes', () => {
    expect(build('annotation', answer).data.text).toMatch(
      /^Cause: disk-full at db\.[\s\S]*\nMore: \/v1\/diagnoses\/o1$/,
    );
    expect(build('annotation', failure).data.text).toContain('No diagnosis could be made (index-empty): run');
    expect(build('annotation', { kind: 'occurrence', occurrence: resolved }).data.text).toContain(
      'All 3 alerts were resolved at 2026-03-01T10:20:00.000Z after 20 min.',
    );
  });

  it('for Slack mentions nobody, whatever an alert says, and links only to where it is configured', () => {
    const message = build('slack', { kind: 'outage', outage }, 'https://precedent.example.com');
    expect(message.text).toBe('2 groups of 4 alerts: &lt;!channel&gt; checkout and db.');
    const shown = JSON.stringify(message.blocks);
    expect(shown).toContain('<https://precedent.example.com/v1/outages/o1|All of it>');
    expect(shown.replaceAll('<https:', '')).not.toContain('<');
    for (const told of [answer, failure, { kind: 'occurrence', occurrence: resolved } as const])
      expect(JSON.stringify(build('slack', told))).not.toContain('<');
    expect(build('slack', failure).text).toContain('No diagnosis could be made (index-empty)');
  });

  it('for Slack asks for a verdict only where somebody takes it', () => {
    const typesOf = (canJudge: boolean) => {
      const delivery = { event: 'diagnosis.done', subject: 'o1', createdAt } as const;
      const { blocks }: { blocks: { type: string }[] } = JSON.parse(
        buildCallback('slack', delivery, answer, undefined, canJudge),
      );
      return blocks.map(({ type }) => type);
    };
    expect(typesOf(true)).toContain('actions');
    expect(typesOf(false)).not.toContain('actions');
  });
});

describe('tidings', () => {
  const record = { id: 'd1', status: 'done', namespace: 'team-a' } as const;

  it('of a diagnosis are one, however many occurrences it answers; none while it is pending', () => {
    const storm = Array.from({ length: 300 }, () => occurrence);
    const [one, ...more] = tidingsOfDiagnosis(record, [...storm, { sender: 'pagerduty' }]);
    expect(more).toEqual([]);
    expect(one).toEqual({
      event: 'diagnosis.done',
      subject: 'd1',
      namespace: 'team-a',
      senders: ['grafana', 'pagerduty'],
    });
    expect(tidingsOfDiagnosis({ ...record, status: 'pending' }, storm)).toEqual([]);
    expect(tidingsOfDiagnosis({ id: 'd1', status: 'failed' }, [])).toMatchObject([
      { event: 'diagnosis.failed', namespace: 'default', senders: [] },
    ]);
  });

  it('of an outage go with its diagnoses', () => {
    expect(tidingsOfDiagnosis(record, [occurrence], 'u1').map(({ event, subject }) => [event, subject])).toEqual([
      ['outage.opened', 'u1'],
      ['diagnosis.done', 'd1'],
    ]);
  });

  it('of alerts are an answer that was known before, and their end', () => {
    expect(tidingsOfReuse(occurrence)).toMatchObject([
      { event: 'diagnosis.done', subject: 'o1', senders: ['grafana'] },
    ]);
    expect(tidingsOfEnd(resolved)).toMatchObject([{ event: 'occurrence.resolved', subject: 'o1' }]);
    expect(tidingsOfEnd(occurrence)).toEqual([]);
    expect(tidingsOfEnd({ ...resolved, status: 'filtered' })).toEqual([]);
  });

  it('go to whoever wants that event, of that namespace and of one of those senders', () => {
    const [one] = tidingsOfDiagnosis(record, [occurrence]);
    if (!one) throw new Error('nothing is told');
    const all: CallbackDestination = { name: 'ops', format: 'diagnosis', on: ['diagnosis.done'] };
    expect(wants(all, one)).toBe(true);
    expect(wants({ ...all, on: ['diagnosis.failed'] }, one)).toBe(false);
    expect(wants({ ...all, namespaces: ['team-a'], senders: ['grafana', 'datadog'] }, one)).toBe(true);
    expect(wants({ ...all, namespaces: ['team-b'] }, one)).toBe(false);
    expect(wants({ ...all, senders: ['datadog'] }, one)).toBe(false);
    expect(wants({ ...all, senders: ['datadog'] }, { ...one, senders: [] })).toBe(false);
  });

  it('have one id for each destination, the same whenever it is told', () => {
    const [one] = tidingsOfDiagnosis(record, [occurrence]);
    if (!one) throw new Error('nothing is told');
    expect(deliveryIdOf('ops', one)).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(deliveryIdOf('ops', one)).toBe(deliveryIdOf('ops', { ...one, senders: [] }));
    expect(deliveryIdOf('ops', one)).not.toBe(deliveryIdOf('dev', one));
    expect(deliveryIdOf('ops', one)).not.toBe(deliveryIdOf('ops', { ...one, event: 'diagnosis.failed' }));
  });
});
