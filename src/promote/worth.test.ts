import { describe, expect, it } from 'vitest';
import type { Diagnosis, Precedent } from '../domain/diagnosis.ts';
import type { Incident } from '../domain/document.ts';
import type { VerdictRecord } from '../domain/feedback.ts';
import { buildIncident, buildSection, buildSource } from '../testing/knowledge-builder.ts';
import { buildPromotable, grade, say } from '../testing/promotable-builder.ts';
import { indexCauses } from './stored-causes.ts';
import { rankCandidates } from './worth.ts';

const OLD = '2025-05-05';

function incident(fields: Partial<Incident> = {}): Incident {
  const rootCause = { service: 'db', summary: 'Full.' };
  return buildIncident({ id: 'i1', category: 'disk-full', rootCause, date: OLD, ...fields });
}

function precedent(relevance: number): Precedent {
  return {
    ...{ id: 'i1', title: 'Full', score: 1, relevance, scores: {}, category: 'disk-full', mitigation: [], date: OLD },
    ...{ rootCause: { service: 'db', summary: 'Full.' }, duration: null, source: buildSource('incidents/i1.md') },
  };
}

const rank = (graded: Parameters<typeof rankCandidates>[0], incidents: readonly Incident[] = [], limit = 5) =>
  rankCandidates(graded, indexCauses(incidents), limit);

const isWorth = (fields: Partial<Diagnosis>, incidents: readonly Incident[], ...verdicts: readonly VerdictRecord[]) =>
  rank([grade(buildPromotable(fields), ...verdicts)], incidents).length === 1;

describe('a diagnosis is worth a postmortem', () => {
  it('the more, the less the stored incidents tell of its cause', () => {
    const elsewhere = incident({ rootCause: { service: 'cache', summary: '' } });
    const value = (incidents: readonly Incident[], precedents: Precedent[] = []) =>
      rank(
        [grade(buildPromotable({ precedents }), say('corrected', { service: 'db', category: 'disk-full' }))],
        incidents,
      )[0]?.value ?? 0;
    const values = [value([]), value([elsewhere]), value([incident()]), value([incident()], [precedent(0.5)])];
    expect(values.toSorted((a, b) => b - a)).toEqual(values);
    expect(new Set(values.slice(0, 3)).size).toBe(3);
  });

  it('not when a precedent of its cause was found and people merely confirmed it', () => {
    expect(isWorth({ precedents: [precedent(0.8)] }, [incident()])).toBe(false);
    expect(isWorth({ precedents: [] }, [incident()])).toBe(true);
    const corrected = say('corrected', { category: 'lock-contention' });
    expect(isWorth({ precedents: [precedent(0.8)] }, [incident()], corrected)).toBe(true);
  });

  it.each<readonly [string, Incident]>([
    [
      'was written from it',
      incident({ category: 'x', sections: [buildSection('i', 'other', 'It was written from the diagnosis `d1`.')] }),
    ],
    ['tells of its cause on the day before', incident({ date: '2026-02-28' })],
    ['tells of its cause behind the same alert', incident({ alerts: ['CHECKOUTSLOW', 'DbSlow'] })],
  ])('not when a stored incident %s', (_, stored) => {
    expect(isWorth({}, [stored])).toBe(false);
  });

  it('when what tells the same was replaced or given up', () => {
    expect(isWorth({}, [incident({ date: '2026-03-01', supersededBy: 'i2' })])).toBe(true);
    expect(isWorth({}, [incident({ date: '2026-03-01', status: 'deprecated' })])).toBe(true);
  });

  it('not when nobody says what it was, or more deny it than say it', () => {
    const rejected = (by: string) => say('rejected', undefined, by);
    expect(isWorth({}, [], rejected('ben'))).toBe(false);
    expect(isWorth({}, [], say('confirmed'), rejected('ben'))).toBe(true);
    expect(isWorth({}, [], say('confirmed'), rejected('ben'), rejected('eve'))).toBe(false);
    expect(isWorth({ kind: 'abstained' }, [], say('confirmed'))).toBe(false);
  });
});

describe('the list', () => {
  const named = (id: string, service: string, day: number) =>
    buildPromotable({
      ...{ id, createdAt: `2026-03-0${day}T10:00:00.000Z` },
      rootCause: { service, category: 'disk-full', summary: '' },
    });

  it('has the worthiest first: corrected before confirmed, many people before one, then the newest', () => {
    const corrected = grade(named('wrong', 'a', 1), say('corrected', { service: 'b', category: 'oom' }));
    const missed = grade({ ...named('missed', 'c', 1), kind: 'abstained' }, say('corrected', { service: 'c' }));
    const two = grade(named('two', 'd', 1), say('confirmed'), say('confirmed', undefined, 'ben'));
    const [old, fresh] = [grade(named('old', 'e', 1)), grade(named('new', 'f', 2))];
    const ids = rank([old, two, corrected, fresh, missed]).map(({ diagnosis }) => diagnosis);
    expect(ids).toEqual(['missed', 'wrong', 'two', 'new', 'old']);
    expect(rank([old, two, corrected, fresh, missed], [], 2).map(({ diagnosis }) => diagnosis)).toEqual(
      ids.slice(0, 2),
    );
  });

  it('has one cause of one day once, by its worthiest diagnosis', () => {
    const [one, other] = [named('one', 'db', 1), named('other', 'db', 1)];
    const two = grade(other, say('confirmed'), say('confirmed', undefined, 'ben'));
    expect(rank([grade(one), two]).map(({ diagnosis }) => diagnosis)).toEqual(['other']);
    expect(rank([grade(one), grade(named('next', 'db', 2))])).toHaveLength(2);
  });

  it('says why, in words', () => {
    const [first] = rank([
      grade(buildPromotable(), say('corrected', { category: 'oom' }), say('confirmed', undefined, 'a')),
    ]);
    expect(first).toMatchObject({ diagnosis: 'd1', date: '2026-03-01', service: 'db', category: 'disk-full' });
    expect(first?.reasons).toEqual(['no stored incident tells of disk-full', '1 person says so, 1 not']);
    const [corrected] = rank([grade(buildPromotable(), say('corrected', { category: 'oom' }))]);
    expect(corrected).toMatchObject({ service: null, category: 'oom' });
    expect(corrected?.reasons).toContain('it had named disk-full at db, and people corrected it');
  });

  it('of two thousand diagnoses beside five thousand incidents is there in a moment', () => {
    const stored = indexCauses(
      Array.from({ length: 5_000 }, (_, at) => incident({ id: `i${at}`, category: `category-${at % 50}` })),
    );
    const graded = Array.from({ length: 2_000 }, (_, at) => grade(named(`d${at}`, `s${at % 9}`, 1 + (at % 9))));
    const before = performance.now();
    expect(rankCandidates(graded, stored, 5)).toHaveLength(5);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
