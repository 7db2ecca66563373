import { describe, expect, it } from 'vitest';
import { LOCAL_OPERATOR, type Principal } from '../domain/principal.ts';
import type { TriageDecision } from '../domain/triage.ts';
import { buildDiagnosis, done, failed, pending } from '../testing/diagnosis-builder.ts';
import { createMemoryCasebook } from '../testing/memory-casebook.ts';
import { createMemoryIntake } from '../testing/memory-intake.ts';
import { groupAbout } from './__fixtures__/alerts.ts';
import { createAnswers, tellReuse } from './answers.ts';

const NOW = new Date('2026-03-31T12:00:00.000Z');
const viewer = (namespace: string): Principal => ({ name: 'n', namespace, scopes: ['read'] });

function setUp() {
  const casebook = createMemoryCasebook();
  const intake = createMemoryIntake(casebook);
  const answers = createAnswers({ casebook, intake, now: () => NOW });
  const arrive = (id: string, filteredBy?: string) =>
    intake.accept(
      [
        {
          ...{ id, namespace: 'team-a', sender: 'alertmanager' as const, situationKey: 'k' },
          group: groupAbout('Down', id),
          ...(filteredBy === undefined ? {} : { filteredBy }),
        },
      ],
      NOW,
    );
  const decide = (...decisions: TriageDecision[]) => intake.decide({ decisions, rediagnose: [] }, NOW, () => 'unused');
  const finish = async (id: string, agoSeconds: number) => {
    const createdAt = new Date(NOW.getTime() - agoSeconds * 1_000).toISOString();
    const diagnosis = buildDiagnosis({ id, createdAt });
    await casebook.saveDiagnosis({ id, namespace: 'team-a', createdAt, status: 'done', diagnosis });
    await intake.finish(id, 'answered', NOW);
  };
  return { casebook, intake, answers, arrive, decide, finish };
}

describe('an answer', () => {
  it('is the diagnosis of that id, with what it was asked about', async () => {
    const { answers, casebook, arrive, decide, finish } = setUp();
    await casebook.saveDiagnosis(done('posted', 'precedent'));
    expect(await answers.getAnswer('posted', viewer('default'))).toEqual({ record: done('posted', 'precedent') });
    await arrive('a');
    await decide({ occurrence: 'a', kind: 'diagnose' });
    await finish('a', 0);
    const answer = await answers.getAnswer('a', viewer('team-a'));
    expect(answer).toMatchObject({ record: { status: 'done', id: 'a' }, occurrence: { id: 'a', status: 'answered' } });
    expect(answer).not.toHaveProperty('reused');
  });

  it('is there for its alerts too as soon as it is there, before the task is written off', async () => {
    const { answers, casebook, arrive, decide } = setUp();
    const about = { namespace: 'team-a', createdAt: NOW.toISOString() };
    for (const id of ['a', 'b', 'c']) await arrive(id);
    await decide(
      { occurrence: 'a', kind: 'diagnose' },
      { occurrence: 'b', kind: 'reuse', diagnosis: 'a' },
      { occurrence: 'c', kind: 'diagnose' },
    );
    await casebook.saveDiagnosis({ ...about, id: 'a', status: 'done', diagnosis: buildDiagnosis({ id: 'a' }) });
    await casebook.saveDiagnosis({ ...failed('c'), ...about });
    for (const [id, status] of [
      ['a', 'answered'],
      ['b', 'answered'],
      ['c', 'failed'],
    ] as const) {
      expect((await answers.getAnswer(id, LOCAL_OPERATOR)).occurrence).toMatchObject({ id, status });
    }
  });

  it('is still to come from the moment that alerts are kept, however long they wait', async () => {
    const { answers, arrive, decide } = setUp();
    await arrive('a');
    const expected = { status: 'pending', id: 'a', createdAt: NOW.toISOString(), namespace: 'team-a' };
    expect(await answers.getAnswer('a', LOCAL_OPERATOR)).toMatchObject({ record: expected });
    await decide({ occurrence: 'a', kind: 'diagnose' });
    expect(await answers.getAnswer('a', LOCAL_OPERATOR)).toMatchObject({ record: expected });
  });

  it('says how old it is when it was made for the same situation before', async () => {
    const { answers, arrive, decide, finish } = setUp();
    await arrive('old');
    await decide({ occurrence: 'old', kind: 'diagnose' });
    await finish('old', 750);
    await arrive('new');
    await decide({ occurrence: 'new', kind: 'reuse', diagnosis: 'old' });
    expect(await answers.getAnswer('new', viewer('team-a'))).toMatchObject({
      record: { status: 'done', id: 'old' },
      occurrence: { id: 'new', because: 'identical' },
      reused: {
        ...{ because: 'identical', diagnosis: 'old', ageSeconds: 750 },
        text: 'answered 12 minutes before, for the same situation',
      },
    });
  });

  it('is that of its outage, once there is one', async () => {
    const { answers, intake, casebook, arrive } = setUp();
    await arrive('a');
    const join = { occurrence: 'a', kind: 'join' as const, outage: 'out', services: ['web'] };
    const outcome = { decisions: [{ ...join, because: 'first' as const, reason: 'the first' }], rediagnose: ['out'] };
    await intake.decide(outcome, NOW, () => 'd');
    expect(await answers.getAnswer('a', LOCAL_OPERATOR)).toMatchObject({ record: { status: 'pending', id: 'a' } });
    const createdAt = new Date(NOW.getTime() + 5_000).toISOString();
    await casebook.saveDiagnosis({
      id: 'd',
      createdAt,
      status: 'done',
      diagnosis: buildDiagnosis({ id: 'd', createdAt }),
    });
    await intake.finish('d', 'answered', NOW);
    expect(await answers.getAnswer('a', LOCAL_OPERATOR)).toMatchObject({
      record: { status: 'done', id: 'd' },
      reused: { because: 'outage', ageSeconds: 0, text: 'answered for the outage that this is part of' },
    });
  });

  it('says what went wrong with it', async () => {
    const { answers, casebook } = setUp();
    await casebook.saveDiagnosis(failed('broken'));
    await casebook.saveDiagnosis(pending('left'));
    expect(await answers.getAnswer('broken', LOCAL_OPERATOR)).toEqual({ record: failed('broken') });
    expect((await answers.getAnswer('left', LOCAL_OPERATOR)).record).toMatchObject({ code: 'interrupted' });
  });

  it('is not waited for where a noise rule filters', async () => {
    const { answers, arrive } = setUp();
    await arrive('a', 'quiet-nights');
    expect(await answers.getAnswer('a', LOCAL_OPERATOR)).toMatchObject({
      record: { status: 'failed', code: 'filtered', detail: expect.stringContaining('"quiet-nights"') },
      occurrence: { filteredBy: 'quiet-nights' },
    });
  });

  it('is not there for those who may not see it, nor for an id that nobody was given', async () => {
    const { answers, arrive, casebook } = setUp();
    await arrive('a');
    await casebook.saveDiagnosis({ ...done('theirs', 'precedent'), namespace: 'team-a' });
    for (const id of ['a', 'theirs', 'nothing']) {
      await expect(answers.getAnswer(id, viewer('team-b'))).rejects.toMatchObject({ code: 'not-found' });
    }
    await expect(answers.getAnswer('nothing', LOCAL_OPERATOR)).rejects.toMatchObject({ code: 'not-found' });
  });
});

it.each([
  [0.4, 'answered for the same situation'],
  [1, 'answered 1 second before, for the same situation'],
  [119, 'answered 119 seconds before, for the same situation'],
  [120, 'answered 2 minutes before, for the same situation'],
  [7_200, 'answered 2 hours before, for the same situation'],
  [200_000, 'answered 2 days before, for the same situation'],
])('an age of %d seconds reads "%s"', (seconds, text) => {
  expect(tellReuse('identical', seconds)).toBe(text);
});
