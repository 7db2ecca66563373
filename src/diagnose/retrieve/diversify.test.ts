import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../domain/document.ts';
import type { ScoreBreakdown } from '../../domain/evidence.ts';
import { buildIncident, buildRunbook } from '../../testing/knowledge-builder.ts';
import { diversify as diversifyBy } from './diversify.ts';
import type { Ranked } from './rank.ts';

function row(id: string, score: number, category?: string, scores: ScoreBreakdown = {}) {
  const document = buildIncident({ id, ...(category === undefined ? {} : { category }) });
  return { key: keyOf(document), document, score, scores };
}

const diversify = (rows: readonly Ranked[], k: number) =>
  diversifyBy(rows, k, ({ document }) => (document.kind === 'incident' ? document.category : undefined));

const idsOf = (rows: ReturnType<typeof diversify>) => rows.map(({ document }) => document.id);

describe('precedents', () => {
  it('of other categories come forward before the third of the same', () => {
    const rows = [row('a', 0.9, 'load'), row('b', 0.88, 'load'), row('c', 0.86, 'load'), row('d', 0.75, 'config')];
    expect(idsOf(diversify(rows, 4))).toEqual(['a', 'b', 'd', 'c']);
  });

  it('keep their order when nothing else is near: agreement is worth seeing', () => {
    const rows = [row('a', 0.9, 'load'), row('b', 0.89, 'load'), row('c', 0.2, 'config')];
    expect(idsOf(diversify(rows, 3))).toEqual(['a', 'b', 'c']);
  });

  it('without a category are no repeats of each other', () => {
    const rows = [row('a', 0.9), row('b', 0.88), row('c', 0.86)];
    expect(diversify(rows, 3)).toEqual(rows);
  });

  it('that the query names stand where they stand', () => {
    const rows = [row('a', 0.9, 'load'), row('b', 0.88, 'load', { exact: 1 }), row('c', 0.87, 'config')];
    expect(idsOf(diversify(rows, 3))).toEqual(['a', 'b', 'c']);
  });

  it('say how much of the score was left', () => {
    const [, second] = diversify([row('a', 0.9, 'load'), row('b', 0.8, 'load')], 2);
    expect(second).toMatchObject({ score: expect.closeTo(0.72, 10), scores: { diversity: expect.closeTo(0.9, 10) } });
  });

  it('come best first, none lost and none twice, and the best stays the best', () => {
    const category = fc.constantFrom('load', 'config', 'network', undefined);
    const given = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), category), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(given, fc.integer({ min: 1, max: 40 }), (list, k) => {
        const rows = list.map(([score, name], at) => row(`i${at}`, score, name)).sort((a, b) => b.score - a.score);
        const arranged = diversify(rows, k);
        const scores = arranged.map(({ score }) => score);
        expect(arranged).toHaveLength(Math.min(k, rows.length));
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        expect(new Set(idsOf(arranged)).size).toBe(arranged.length);
        expect(scores[0]).toBe(Math.max(...rows.map(({ score }) => score)));
      }),
    );
  });
});

it('runbooks have no category and are left as they are', () => {
  const rows = ['a', 'b'].map((id) => {
    const document = buildRunbook({ id });
    return { key: keyOf(document), document, score: 0.5, scores: {} };
  });
  expect(diversify(rows, 2)).toEqual(rows);
});
