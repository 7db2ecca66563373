import { describe, expect, it } from 'vitest';
import type { Chunk, KnowledgeDocument } from '../../domain/document.ts';
import type { ChunkMatch } from '../../ports.ts';
import { buildIncident, buildRunbook, buildSection, buildSource } from '../../testing/knowledge-builder.ts';
import { buildKnowledge } from './knowledge.ts';
import type { RetrievalQuery } from './query.ts';
import { embedQuery, retrieve } from './retrieve.ts';

const generation = {
  key: 'g1',
  model: { id: 'm', checksum: 'c', dimension: 2 },
  sources: [],
  publishedAt: '2026-06-01T00:00:00Z',
  documents: 0,
  chunks: 0,
};
const vector = new Float32Array([1, 0]);
const query = (fields: Partial<RetrievalQuery>): RetrievalQuery => ({
  text: '',
  expression: '',
  alertNames: [],
  runbookUrls: [],
  services: [],
  signals: [],
  kinds: ['incident', 'runbook'],
  k: 10,
  now: new Date('2026-06-01T00:00:00Z'),
  without: new Set(),
  ...fields,
});

function chunk(id: string, path: string): Chunk {
  return { id, text: `passage ${id}`, header: '', source: buildSource(path, 11) };
}

/** The index finds these chunks for any vector, best first. */
function indexFinding(...matches: ChunkMatch[]) {
  return { index: { nearest: async () => matches } };
}

async function ask(fields: Partial<RetrievalQuery>, documents: KnowledgeDocument[], ...matches: ChunkMatch[]) {
  return retrieve(
    query(fields),
    Promise.resolve(vector),
    await buildKnowledge(generation, documents),
    indexFinding(...matches),
  );
}

const idsOf = ({ results }: Awaited<ReturnType<typeof ask>>) => results.map(({ document }) => document.id);

const text = 'messages wait in the queue';
const older = buildIncident({ id: 'older', date: '2025-03-01', sections: [buildSection('o', 'summary', text)] });
const later = buildIncident({ id: 'later', date: '2025-09-01', sections: [buildSection('l', 'summary', text)] });
const undated = buildIncident({ id: 'undated', sections: [buildSection('u', 'summary', text)] });
const runbook = buildRunbook({
  id: 'queue/Backlog',
  alerts: ['QueueBacklogHigh'],
  chunks: [chunk('c1', 'runbooks/b.md')],
});

describe('asOf', () => {
  it('later incidents are never used, nor those of the day itself', async () => {
    expect(idsOf(await ask({ text, asOf: new Date('2025-06-01') }, [older, later]))).toEqual(['older']);
    expect(idsOf(await ask({ text, asOf: new Date('2025-03-01T23:00:00Z') }, [older, later]))).toEqual([]);
  });

  it('an undated incident is unknown to it', async () => {
    expect(idsOf(await ask({ text, asOf: new Date('2030-01-01') }, [undated, older]))).toEqual(['older']);
    expect(idsOf(await ask({ text }, [undated, older]))).toContain('undated');
  });

  it('holds for every leg', async () => {
    const named = buildIncident({
      ...later,
      alerts: ['QueueBacklogHigh'],
      signals: ['metric queue depth up'],
      chunks: [chunk('c', 'l')],
    });
    const fields = { text, alertNames: ['QueueBacklogHigh'], signals: named.signals, asOf: new Date('2025-06-01') };
    expect(idsOf(await ask(fields, [named], { chunkId: 'c', similarity: 0.99 }))).toEqual([]);
  });

  it('leaves runbooks alone: they carry no day', async () => {
    expect(idsOf(await ask({ text: 'QueueBacklogHigh', asOf: new Date('2000-01-01') }, [runbook]))).toEqual([
      'queue/Backlog',
    ]);
  });
});

describe('order', () => {
  it('a document the alert names ranks above every resemblance', async () => {
    const lookalike = buildRunbook({
      id: 'queue/Other',
      sections: [buildSection('o', 'meaning', text)],
      chunks: [chunk('c2', 'runbooks/o.md')],
    });
    const found = await ask(
      { text, alertNames: ['QueueBacklogHigh'] },
      [lookalike, runbook],
      { chunkId: 'c2', similarity: 0.99 },
      { chunkId: 'c1', similarity: 0.1 },
    );
    expect(idsOf(found)).toEqual(['queue/Backlog', 'queue/Other']);
    expect(found.results[0]?.scores.exact).toBe(1);
    expect(found.answerable.score).toBe(1);
  });

  it('is the same on every run, also between equals', async () => {
    const twins = ['b', 'a', 'c'].map((id) => buildIncident({ ...older, id }));
    expect(idsOf(await ask({ text }, twins))).toEqual(['a', 'b', 'c']);
  });

  it('does not depend on how many are wanted', async () => {
    const all = await ask({ text, k: 10 }, [older, later, undated]);
    const one = await ask({ text, k: 1 }, [older, later, undated]);
    expect(one.results).toEqual(all.results.slice(0, 1));
    expect(one.answerable).toEqual(all.answerable);
  });
});

describe('results', () => {
  it('show one row per document, with its nearest passage', async () => {
    const document = buildRunbook({ id: 'r', chunks: [chunk('x', 'runbooks/r.md'), chunk('y', 'runbooks/r.md')] });
    const found = await ask(
      { text: 'q' },
      [document],
      { chunkId: 'y', similarity: 0.8 },
      { chunkId: 'x', similarity: 0.7 },
    );
    expect(found.results).toHaveLength(1);
    expect(found.results[0]).toMatchObject({ excerpt: 'passage y', source: { path: 'runbooks/r.md', line: 11 } });
  });

  it('ignore chunks of other generations', async () => {
    expect(idsOf(await ask({ text: 'q' }, [runbook], { chunkId: 'gone', similarity: 0.9 }))).toEqual([]);
  });

  it('show a chunk in every document where it stands', async () => {
    const twins = ['a', 'b'].map((id) => buildRunbook({ id, chunks: [chunk('same', `runbooks/${id}.md`)] }));
    expect(idsOf(await ask({ text: 'q' }, twins, { chunkId: 'same', similarity: 0.9 }))).toEqual(['a', 'b']);
  });

  it('hold only the kinds and services that were asked for', async () => {
    const about = buildRunbook({ id: 'about', services: ['queue'], sections: [buildSection('r', 'meaning', text)] });
    expect(idsOf(await ask({ text, kinds: ['runbook'] }, [older, about]))).toEqual(['about']);
    expect(idsOf(await ask({ text, onlyServices: ['queue'] }, [older, about]))).toEqual(['about']);
    expect(idsOf(await ask({ text, onlyServices: [] }, [older, about]))).toEqual([]);
  });

  it('may come from signals alone, without any text', async () => {
    const shown = buildIncident({ ...older, signals: ['metric queue depth up'] });
    const found = await retrieve(
      query({ signals: ['metric queue depth up'] }),
      Promise.resolve(undefined),
      await buildKnowledge(generation, [shown, later]),
      indexFinding(),
    );
    expect(idsOf(found)).toEqual(['older']);
    expect(found.results[0]?.scores).toMatchObject({ signals: expect.closeTo(1, 10) });
  });

  it('score between 0 and 1, part by part', async () => {
    const found = await ask({ text, services: ['queue'] }, [older, later, runbook], {
      chunkId: 'c1',
      similarity: -0.2,
    });
    for (const { score, scores } of found.results) {
      for (const part of [score, ...Object.values(scores)]) {
        expect(part).toBeGreaterThanOrEqual(0);
        expect(part).toBeLessThanOrEqual(1);
      }
    }
  });

  it('are none where nothing is known, and nothing is answerable', async () => {
    expect(await ask({ text }, [])).toEqual({
      results: [],
      answerable: { score: 0, reason: 'nothing was found' },
      answerableReviewed: { score: 0, reason: 'nothing was found' },
      degraded: [],
    });
  });
});

it('a query without text is not embedded', async () => {
  const embedder = { embed: async () => [vector] };
  expect(await embedQuery({ text: '  ' }, { embedder })).toBeUndefined();
  expect(await embedQuery({ text: 'queue' }, { embedder })).toBe(vector);
});
