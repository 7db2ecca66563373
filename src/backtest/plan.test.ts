import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../domain/document.ts';
import { buildSection } from '../testing/knowledge-builder.ts';
import { buildDays, buildPast } from './__fixtures__/past.ts';
import { planBacktest } from './plan.ts';

const days = buildDays(8);
const idsOf = ({ asked }: Awaited<ReturnType<typeof planBacktest>>) => asked.map(({ incident }) => incident.id);

/** Long enough to be recognised when somebody tells it again. */
const STORY = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ');
const told = (id: string, fields: Partial<Incident>) =>
  buildPast(id, { title: 'Told twice', sections: [buildSection(`incidents/${id}.md`, 'detection', STORY)], ...fields });

describe('which incidents a backtest asks about', () => {
  it('asks one day after the other, as of each day, about those with history enough', async () => {
    const plan = await planBacktest([...days].reverse());
    expect(idsOf(plan)).toEqual(['day-06', 'day-07', 'day-08']);
    expect(plan.asked.map(({ asOf, known }) => [asOf, known])).toEqual([
      ['2026-03-06T00:00:00Z', 5],
      ['2026-03-07T00:00:00Z', 6],
      ['2026-03-08T00:00:00Z', 7],
    ]);
    expect(plan.skipped).toEqual(
      ['day-01', 'day-02', 'day-03', 'day-04', 'day-05'].map((incident) => ({ incident, reason: 'nothing-before' })),
    );
  });

  it('knows nothing of the same day', async () => {
    const twin = buildPast('day-08-too', { date: '2026-03-08' });
    const { asked } = await planBacktest([...days, twin]);
    expect(asked.slice(-2).map(({ known }) => known)).toEqual([7, 7]);
  });

  it.each([
    ['no-cause', { category: undefined, rootCause: undefined }],
    ['no-symptoms', { signals: [], sections: [] }],
    ['superseded', { supersededBy: 'day-08' }],
    ['draft', { status: 'draft' as const }],
  ])('says why it leaves one out: %s', async (reason, fields) => {
    // Undefined fields are what a parser leaves out.
    const odd = { ...buildPast('odd', { date: '2026-03-20' }), ...fields } as Incident;
    const { asked, skipped } = await planBacktest([...days, odd]);
    expect(skipped).toContainEqual({ incident: 'odd', reason });
    expect(asked.map(({ incident }) => incident.id)).not.toContain('odd');
  });

  it('asks only from a day on, and still knows what was before', async () => {
    const { asked, skipped } = await planBacktest(days, { since: '2026-03-08' });
    expect(asked.map(({ incident, known }) => [incident.id, known])).toEqual([['day-08', 7]]);
    expect(skipped).toEqual([]);
  });

  it('withholds the incident itself, its outage, and what tells it once more', async () => {
    const outage = [
      buildPast('outage-a', { date: '2026-03-20', outage: 'big' }),
      buildPast('outage-b', { date: '2026-03-19', outage: 'big' }),
    ];
    const stories = [told('story-a', { date: '2026-03-25' }), told('story-b', { date: '2026-03-02' })];
    const { asked } = await planBacktest([...days, ...outage, ...stories]);
    const find = (id: string) => asked.find(({ incident }) => incident.id === id);
    expect(find('outage-a')).toMatchObject({ withheld: ['outage-a', 'outage-b'], known: 9 });
    expect(find('story-a')).toMatchObject({ withheld: ['story-a', 'story-b'], known: 10 });
    expect(find('day-08')?.withheld).toEqual(['day-08']);
  });

  it('withholds what it tells better, however often that was told anew, and no other event long before', async () => {
    const { date: _date, ...first } = buildPast('first', { category: 'disk', supersededBy: 'second' });
    const second = buildPast('second', { date: '2026-03-10', category: 'dns', supersededBy: 'third' });
    const old = buildPast('old', { date: '2025-03-10', category: 'disk', supersededBy: 'third' });
    const { asked } = await planBacktest([...days, old, first, second, buildPast('third', { date: '2026-03-12' })]);
    expect(asked.at(-1)).toMatchObject({ incident: { id: 'third' }, withheld: ['third', 'first', 'second'] });
  });

  it('takes the same words a season later for what happened again', async () => {
    const { asked } = await planBacktest([
      ...days,
      told('b', { date: '2026-03-02' }),
      told('a', { date: '2026-08-25' }),
    ]);
    expect(asked.at(-1)).toMatchObject({ incident: { id: 'a' }, withheld: ['a'], known: 9 });
  });

  it('takes the same words of another cause for another story', async () => {
    const { asked } = await planBacktest([
      ...days,
      told('story-a', { date: '2026-03-25' }),
      told('story-b', { category: 'disk' }),
    ]);
    expect(asked.find(({ incident }) => incident.id === 'story-a')?.withheld).toEqual(['story-a']);
  });

  it('knows whether the category had happened before, in whatever capitals, until it was found to be wrong', async () => {
    const last = (fields: Partial<Incident>) => buildPast('last', { date: '2026-03-20', category: 'disk', ...fields });
    const isKnown = async (past: Partial<Incident>, own: Partial<Incident> = {}) => {
      const before = buildPast('before', { date: '2026-03-10', category: 'disk', ...past });
      const { asked } = await planBacktest([...days, before, last(own)]);
      return asked.find(({ incident }) => incident.id === 'last')?.isKnownCategory;
    };
    expect(await isKnown({ category: 'other' })).toBe(false);
    expect(await isKnown({})).toBe(true);
    expect(await isKnown({}, { category: 'Disk' })).toBe(true);
    expect(await isKnown({ date: '2026-03-20' })).toBe(false);
    expect(await isKnown({ supersededBy: 'day-08' })).toBe(false);
    expect(await isKnown({ supersededBy: 'last' })).toBe(false);
    expect(await isKnown({ date: '2025-11-10', supersededBy: 'last' })).toBe(true);
  });
});

describe('incidents without a date', () => {
  const undated = (count: number) =>
    Array.from({ length: count }, (_, at) => {
      const { date: _date, ...incident } = buildPast(`case-${at}`);
      return incident;
    });

  it('are asked against all others, a twentieth of them left out at a time', async () => {
    const { asked } = await planBacktest([...undated(60), ...days]);
    const rest = asked.filter(({ asOf }) => asOf === undefined);
    expect(rest).toHaveLength(60);
    const folds = new Set(rest.map(({ withheld }) => withheld.join()));
    expect(folds.size).toBe(20);
    for (const { incident, withheld, known } of rest) {
      expect(withheld).toContain(incident.id);
      expect(withheld).toHaveLength(3);
      expect(known).toBe(65);
    }
    const order = rest.map(({ withheld }) => withheld.join());
    expect(order.filter((fold, at) => fold !== order[at - 1])).toHaveLength(20);
  });

  it('are left out one by one where there are few, and in the same way each time', async () => {
    const plan = await planBacktest(undated(7));
    expect(plan.asked.every(({ incident, withheld }) => withheld.length === 1 && withheld[0] === incident.id)).toBe(
      true,
    );
    expect(idsOf(await planBacktest(undated(7).reverse()))).toEqual(idsOf(plan));
  });

  it('are left out with what tells the same event, dated or not', async () => {
    const twins = [told('twin-a', {}), told('twin-b', {}), told('twin-c', { date: '2026-03-05' })];
    const { asked } = await planBacktest([...undated(30), ...twins]);
    const first = asked.find(({ incident }) => incident.id === 'twin-a');
    expect(first?.withheld).toEqual(expect.arrayContaining(['twin-a', 'twin-b', 'twin-c']));
    expect(asked.find(({ incident }) => incident.id === 'twin-b')?.withheld).toEqual(first?.withheld);
  });
});

it('never lets an incident know itself, its outage or its own day', async () => {
  const incident = fc.record({
    day: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    outage: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    category: fc.option(fc.constantFrom('disk', 'dns'), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(incident, { maxLength: 25 }), async (drawn) => {
      const incidents = drawn.map(({ day, outage, category = 'other' }, at) =>
        buildPast(`i${at}`, {
          category,
          ...(day === undefined ? {} : { date: `2026-05-${String(day).padStart(2, '0')}` }),
          ...(outage === undefined ? {} : { outage }),
        }),
      );
      const { asked, skipped } = await planBacktest(incidents);
      expect(asked.length + skipped.length).toBe(incidents.length);
      for (const { incident: own, asOf, withheld, known, isKnownCategory } of asked) {
        const left = incidents.filter(
          ({ id, date }) => !withheld.includes(id) && (asOf === undefined || (date ?? '9') < asOf.slice(0, 10)),
        );
        expect(left.every(({ id, outage }) => id !== own.id && (outage === undefined || outage !== own.outage))).toBe(
          true,
        );
        expect(left).toHaveLength(known);
        expect(left.some(({ category }) => category === own.category)).toBe(isKnownCategory);
      }
    }),
    { numRuns: 60 },
  );
});
