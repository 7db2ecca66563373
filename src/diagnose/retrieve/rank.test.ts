import { describe, expect, it } from 'vitest';
import { keyOf } from '../../domain/document.ts';
import { buildIncident, buildRunbook } from '../../testing/knowledge-builder.ts';
import { buildKnowledge } from './knowledge.ts';
import type { LegResults } from './legs.ts';
import { rank } from './rank.ts';

const generation = {
  key: 'g1',
  model: { id: 'm', checksum: 'c', dimension: 2 },
  sources: [],
  publishedAt: '',
  documents: 0,
  chunks: 0,
};
const nothing: LegResults['lexical'] = {
  found: 0,
  lowest: 0,
  highest: 0,
  best: [],
  scoreOf: () => undefined,
  find: () => undefined,
};
const query = { services: [], now: new Date('2026-06-01T00:00:00Z') };

/** Words that found these documents, with these scores. */
function words(scores: Readonly<Record<string, number>>): LegResults['lexical'] {
  return wordsOf(Object.fromEntries(Object.entries(scores).map(([id, score]) => [`incident:${id}`, score])));
}

function wordsOf(scores: Readonly<Record<string, number>>): LegResults['lexical'] {
  const matches = Object.entries(scores)
    .map(([key, score]) => ({ key, score, terms: [] }))
    .sort((a, b) => b.score - a.score);
  const values = Object.values(scores);
  return {
    found: matches.length,
    lowest: Math.min(...values),
    highest: Math.max(...values),
    best: matches,
    scoreOf: (key) => matches.find((match) => match.key === key)?.score,
    find: (key) => matches.find((match) => match.key === key),
  };
}

async function order(found: Partial<LegResults>, ids: readonly string[], feedback?: ReadonlyMap<string, number>) {
  const documents = ids.map((id) => buildIncident({ id, date: '2026-06-01' }));
  const knowledge = await buildKnowledge(generation, documents);
  const legs = { dense: new Map(), lexical: nothing, signals: new Map(), exact: new Map(), ...found };
  return rank(legs, query, knowledge, { feedback });
}

describe('documents', () => {
  it('are in the order of their words when only words speak', async () => {
    const rows = await order({ lexical: words({ a: 1, b: 5, c: 3 }) }, ['a', 'b', 'c']);
    expect(rows.map(({ document, score }) => [document.id, score])).toEqual([
      ['b', 1],
      ['c', 0.5],
      ['a', 0],
    ]);
  });

  it('that another leg found keep what their words were worth', async () => {
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`i${at}`, 600 - at]));
    const last = 'i599';
    const rows = await order({ lexical: words(many), signals: new Map([[`incident:${last}`, 1]]) }, Object.keys(many));
    expect(rows[0]?.document.id).toBe(last);
    expect(rows[0]?.scores).toMatchObject({ signals: 1, lexical: 0 });
  });

  it('without a chance are not looked at further', async () => {
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`i${at}`, 900 - at]));
    const rows = await order({ lexical: words(many) }, Object.keys(many));
    expect(rows.length).toBe(100);
    expect(rows.at(-1)?.document.id).toBe('i99');
  });

  it('that people confirmed in such a situation come first among equals', async () => {
    const lexical = words({ a: 1, b: 1 });
    const confirmed = new Map([['incident:b', 0.8]]);
    expect((await order({ lexical }, ['a', 'b'])).map(({ key }) => key)).toEqual(['incident:a', 'incident:b']);
    expect((await order({ lexical }, ['a', 'b'], confirmed)).map(({ key }) => key)).toEqual([
      'incident:b',
      'incident:a',
    ]);
  });

  it('that the query names come first, whatever speaks against them', async () => {
    const named = buildRunbook({ id: 'named', status: 'deprecated', services: ['elsewhere'] });
    const resembling = buildRunbook({ id: 'resembling', services: ['web'], validated: '2026-06-01' });
    const knowledge = await buildKnowledge(generation, [named, resembling]);
    const legs = {
      dense: new Map(),
      lexical: wordsOf({ 'runbook:named': 1, 'runbook:resembling': 9 }),
      signals: new Map(),
      exact: new Map([['runbook:named', 1]]),
    };
    const rows = rank(legs, { ...query, services: ['web'] }, knowledge);
    expect(rows.map(({ document }) => document.id)).toEqual(['named', 'resembling']);
  });

  it('that are equal and too many are cut by name', async () => {
    const ids = Array.from({ length: 400 }, (_, at) => `i${String(at).padStart(3, '0')}`);
    const rows = await order({ signals: new Map(ids.map((id) => [`incident:${id}`, 0.5])) }, ids);
    expect(rows.map(({ document }) => document.id)).toEqual(ids.slice(0, 100));
  });

  it('that are gone are not ranked', async () => {
    expect(await order({ exact: new Map([[keyOf({ kind: 'incident', id: 'gone' }), 1]]) }, ['a'])).toEqual([]);
  });
});
