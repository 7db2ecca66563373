import { describe, expect, it } from 'vitest';
import type { Confidence } from '../domain/confidence.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { GradedDiagnosis, TrueCause, Verdict, VerdictRecord } from '../domain/feedback.ts';
import { buildDiagnosis } from '../testing/diagnosis-builder.ts';
import { gradeVerdicts } from './graded-verdicts.ts';

const RECIPE = 'support.v1';
const OF = { engine: 'precedent', recipe: RECIPE } as const;
const SCORES = { service: 0.7, category: 0.5, both: 0.4 };

function diagnosis(fields: Partial<Diagnosis> = {}, confidence: Partial<Confidence> = {}): Diagnosis {
  const built = buildDiagnosis({
    id: 'd1',
    kind: 'answered',
    rootCause: { service: 'db', category: 'disk-full', summary: 'The disk of db is full.' },
    ...fields,
  });
  return { ...built, confidence: { ...built.confidence, scores: SCORES, recipe: RECIPE, ...confidence } };
}

function said(verdict: Verdict, trueCause?: TrueCause, by = 'ana'): VerdictRecord {
  return { diagnosisId: 'd1', by, verdict, at: '2026-03-02T10:00:00.000Z', ...(trueCause ? { trueCause } : {}) };
}

function grade(verdicts: readonly VerdictRecord[], of: Diagnosis = diagnosis()) {
  const { targets, diagnoses } = gradeVerdicts([{ diagnosis: of, verdicts }], OF);
  const rights = Object.fromEntries(
    Object.entries(targets).flatMap(([target, cases]) => cases.map(({ isRight }) => [target, isRight])),
  );
  expect(diagnoses).toBe(Object.keys(rights).length > 0 ? 1 : 0);
  return rights;
}

describe('a verdict', () => {
  it('that confirms makes service, category and both right, each with its own score', () => {
    const { targets } = gradeVerdicts([{ diagnosis: diagnosis(), verdicts: [said('confirmed')] }], OF);
    const of = { diagnosis: 'd1', createdAt: '2026-03-01T10:00:00.000Z', isRight: true };
    expect(targets).toStrictEqual({
      service: [{ score: 0.7, answer: 'disk-full at db', ...of }],
      category: [{ score: 0.5, answer: 'disk-full at db', ...of }],
      both: [{ score: 0.4, answer: 'disk-full at db', ...of }],
    });
  });

  it('that rejects says only that not both are right', () => {
    expect(grade([said('rejected')])).toEqual({ both: false });
  });

  it.each([
    [{ service: 'cache' }, { service: false, both: false }],
    [{ service: 'DB' }, { service: true }],
    [{ category: 'memory-leak' }, { category: false, both: false }],
    [{ category: 'Disk full' }, { category: true }],
    [
      { service: 'db', category: 'memory-leak' },
      { service: true, category: false, both: false },
    ],
    [
      { service: 'cache', category: 'disk-full' },
      { service: false, category: true, both: false },
    ],
    [
      { service: 'cache', category: 'memory-leak' },
      { service: false, category: false, both: false },
    ],
    [
      { service: ' Db', category: 'DISK_FULL' },
      { service: true, category: true, both: true },
    ],
  ] as const)('that corrects to %o is compared with what was named', (trueCause, expected) => {
    expect(grade([said('corrected', trueCause)])).toEqual(expected);
  });

  it('of an answer that named a new kind of fault grades its service alone', () => {
    const unseen = diagnosis({ rootCause: { service: 'db', category: 'unseen', summary: 'A new kind of fault.' } });
    expect(grade([said('confirmed')], unseen)).toEqual({ service: true });
    expect(grade([said('corrected', { service: 'db', category: 'disk-full' })], unseen)).toEqual({ service: true });
  });

  it('of a diagnosis that named no service says nothing of the service, unless it names one', () => {
    const nameless = diagnosis({ rootCause: { service: null, category: 'disk-full', summary: '' } });
    expect(grade([said('confirmed')], nameless)).toEqual({ category: true });
    expect(grade([said('corrected', { service: 'db' })], nameless)).toEqual({ service: false, both: false });
  });
});

describe('several people on one diagnosis', () => {
  it('are counted by majority, target by target', () => {
    const votes = [
      said('confirmed'),
      said('corrected', { service: 'cache' }, 'ben'),
      said('rejected', undefined, 'eve'),
    ];
    expect(grade(votes)).toEqual({ category: true, both: false });
  });

  it('make no case where they are even', () => {
    expect(grade([said('confirmed'), said('rejected', undefined, 'ben')])).toEqual({ service: true, category: true });
    const corrected = said('corrected', { service: 'cache', category: 'memory-leak' }, 'ben');
    expect(grade([said('confirmed'), corrected])).toEqual({});
  });
});

describe('a diagnosis', () => {
  it.each<readonly [string, Diagnosis]>([
    ['that abstained', diagnosis({ kind: 'abstained' })],
    ['of another engine', diagnosis({ engine: 'llm' })],
    ['whose scores were made by another recipe', diagnosis({}, { recipe: 'support.v0' })],
    ['of an older version, without scores', { ...diagnosis(), confidence: buildDiagnosis().confidence }],
    ['that nobody judged', diagnosis({ id: 'unjudged' })],
  ])('%s teaches nothing', (what, of) => {
    expect(grade(what.includes('nobody') ? [] : [said('confirmed')], of)).toEqual({});
  });

  it('counts once, however often it is listed, and others each for themselves', () => {
    const one: GradedDiagnosis = { diagnosis: diagnosis(), verdicts: [said('confirmed')] };
    const other = { diagnosis: diagnosis({ id: 'd2' }), verdicts: [said('rejected')] };
    const { targets, diagnoses } = gradeVerdicts([one, other, one], OF);
    expect(diagnoses).toBe(2);
    expect(targets.both.map(({ diagnosis: id, isRight }) => [id, isRight])).toEqual([
      ['d1', true],
      ['d2', false],
    ]);
  });
});
