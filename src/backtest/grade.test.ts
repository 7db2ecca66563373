import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { Incident } from '../domain/document.ts';
import { buildDiagnosis } from '../testing/diagnosis-builder.ts';
import { buildSource } from '../testing/knowledge-builder.ts';
import { buildPast } from './__fixtures__/past.ts';
import { gradeDiagnosis } from './grade.ts';

const hypothesis = (service: string | null, category: string) => ({
  service,
  category,
  summary: '',
  support: 0.5,
  citations: [],
  check: null,
});
const precedent = (service: string | null, category: string | null): Diagnosis['precedents'][number] => ({
  id: 'p',
  title: '',
  score: 1,
  scores: {},
  category,
  rootCause: { service, summary: '' },
  mitigation: [],
  date: null,
  duration: null,
  source: buildSource('incidents/p.md'),
});

const { confidence } = buildDiagnosis();
const scores = { service: 0.6, category: 0.5, both: 0.4 };

function grade(said: Partial<Diagnosis>, fields: Partial<Incident> = {}) {
  const incident = { ...buildPast('slow', { date: '2026-03-07' }), ...fields };
  const diagnosis = buildDiagnosis({ kind: 'answered', confidence: { ...confidence, scores }, ...said });
  return gradeDiagnosis(diagnosis, {
    incident,
    asOf: '2026-03-07T00:00:00Z',
    withheld: ['slow'],
    known: 9,
    isKnownCategory: true,
  });
}

describe('what was said, against what it was', () => {
  const hypotheses = [
    hypothesis('cart', 'load-spike'),
    hypothesis('orders', 'disk'),
    hypothesis('Orders', 'Load-Spike'),
  ];

  it('ranks the right service, category and both, in whatever capitals', () => {
    const { ranks, ...graded } = grade({ hypotheses, rootCause: hypothesis('cart', 'load-spike') });
    expect(ranks).toEqual({ service: 2, category: 1, both: 3 });
    expect(graded).toMatchObject({
      incident: 'slow',
      date: '2026-03-07',
      truth: { service: 'orders', category: 'load-spike' },
      said: { service: 'cart', category: 'load-spike' },
      best: { service: 'cart', category: 'load-spike' },
      scores,
      known: 9,
      isKnownCategory: true,
    });
  });

  it('ranks nothing that is not there, nor what the truth does not say', () => {
    expect(grade({ hypotheses: [hypothesis('cart', 'disk')] }).ranks).toEqual({
      service: null,
      category: null,
      both: null,
    });
    const { ranks } = grade({ hypotheses }, { rootCause: { summary: 'Nobody knows where.' } });
    expect(ranks).toEqual({ service: null, category: 1, both: null });
  });

  it('ranks the leads of an abstention, which itself said nothing', () => {
    const graded = grade({
      kind: 'abstained',
      hypotheses,
      rootCause: { service: null, category: 'unseen', summary: '' },
    });
    expect(graded).toMatchObject({
      kind: 'abstained',
      said: { service: null, category: 'unseen' },
      ranks: { both: 3 },
    });
  });

  it('finds the first precedent of the same cause, by as much of it as the truth says', () => {
    const precedents = [precedent('orders', null), precedent('cart', 'load-spike'), precedent('orders', 'load-spike')];
    expect(grade({ precedents }).precedentRank).toBe(3);
    expect(grade({ precedents }, { category: undefined } as Partial<Incident>).precedentRank).toBe(1);
    expect(grade({ precedents }, { rootCause: { summary: '' } }).precedentRank).toBe(2);
    expect(grade({ precedents: precedents.slice(0, 2) }).precedentRank).toBeNull();
  });
});
