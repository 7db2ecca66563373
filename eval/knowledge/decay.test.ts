import { expect, it } from 'vitest';
import type { SearchResponse } from '../../src/domain/evidence.ts';
import type { SearchRequest } from '../../src/domain/request.ts';
import { buildIncident, buildSection, buildSource } from '../../src/testing/knowledge-builder.ts';
import { renderDecay } from '../commands/decay.ts';
import { measureDecay } from './decay.ts';

const incident = (id: string, date: string, category: string) =>
  buildIncident({
    id,
    date,
    category,
    sections: [buildSection(`${id}.md`, 'summary', 'Pages of the shop load slowly.')],
  });

/** An old one of the same kind that resembles it more, and a recent one of another kind that resembles it less. */
const DOCUMENTS = [
  incident('old', '2023-01-01', 'leak'),
  incident('recent', '2025-05-31', 'load'),
  incident('asked', '2025-06-01', 'leak'),
];
const row = (id: string, score: number) => ({
  ...{ kind: 'incident' as const, id, title: id, score, relevance: score, scores: {}, excerpt: '', alike: [] },
  source: buildSource(id),
});

const measure = (onAsked: (request: SearchRequest) => void = () => {}) => {
  const search = async (request: SearchRequest): Promise<SearchResponse> => {
    onAsked(request);
    return { results: [row('old', 0.9), row('recent', 0.8)], answerable: { score: 1, reason: '' } };
  };
  return measureDecay({ app: { search }, documents: DOCUMENTS });
};

it('asks without regard to age, on the incident’s own day', async () => {
  const asked: SearchRequest[] = [];
  await measure((request) => asked.push(request));
  expect(asked).toMatchObject([{ asOf: '2025-06-01T00:00:00Z', without: ['decay'] }]);
});

it('shows where a short half-life hides what is old, and that a small share does not', async () => {
  const { rows, ages } = await measure();
  const first = (share: number, floor: number, halfLife: number | 'none') =>
    rows.find(
      ({ weight, halfLifeDays }) => weight.share === share && weight.floor === floor && halfLifeDays === halfLife,
    )?.figures['R@1'].value;
  expect(first(1, 0, 'none')).toBe(1);
  expect(first(1, 0, 30)).toBe(0);
  expect(first(0.1, 0.5, 30)).toBe(1);
  expect(ages).toEqual([882]);
  expect(renderDecay({ rows, ages })).toContain('882 days old in the median');
});

it('of nothing is refused', async () => {
  const app = { search: async () => ({ results: [], answerable: { score: 0, reason: '' } }) };
  await expect(measureDecay({ app, documents: [] })).rejects.toThrow('nothing to measure');
});
