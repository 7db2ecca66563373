import { describe, expect, it } from 'vitest';
import { type KnowledgeDocument, keyOf } from '../../domain/document.ts';
import { buildIncident, buildRunbook, buildSection } from '../../testing/knowledge-builder.ts';
import { buildExactIndex, createExactIndex, type ExactQuery } from './exact.ts';

const runbook = buildRunbook({ id: 'queue/QueueBacklogHigh', alerts: ['QueueBacklogHigh'] });
const incident = buildIncident({ id: '2026/2026-03-01-backlog', alerts: ['QueueBacklogHigh'] });

function createExactMatcher(asked: ExactQuery) {
  const index = createExactIndex();
  for (const document of [runbook, incident]) index.add(document);
  return (document: KnowledgeDocument) => index.search(asked).get(keyOf(document));
}

const query = (fields: Partial<ExactQuery>): ExactQuery => ({ text: '', alertNames: [], runbookUrls: [], ...fields });

describe('a runbook is named', () => {
  it.each<[string, Partial<ExactQuery>]>([
    ['by its alert', { alertNames: ['QueueBacklogHigh'] }],
    ['by its alert in another case', { alertNames: ['queuebackloghigh'] }],
    ['by a link to its file', { runbookUrls: ['https://wiki.example/runbooks/queue/QueueBacklogHigh.md'] }],
    ['by a link without extension', { runbookUrls: ['https://runbooks.example/queue/queuebackloghigh/'] }],
    ['by a link with query and fragment', { runbookUrls: ['https://x.example/QueueBacklogHigh.html?v=2#impact'] }],
    ['by a link with endings', { runbookUrls: ['https://x.example/QueueBacklogHigh.html.md//'] }],
    ['by a bare path', { runbookUrls: ['QueueBacklogHigh'] }],
    ['by its id in a sentence', { text: 'what does queue/QueueBacklogHigh say?' }],
    ['by its alert in a sentence', { text: 'QueueBacklogHigh fires again' }],
  ])('%s', (_, fields) => {
    expect(createExactMatcher(query(fields))(runbook)).toBe(1);
  });
});

describe('a runbook is not named', () => {
  it.each<[string, Partial<ExactQuery>]>([
    ['by another alert', { alertNames: ['QueueBacklogLow'] }],
    ['by part of its name', { alertNames: ['QueueBacklog'] }],
    ['by the words of its name', { text: 'queue backlog high' }],
    ['by a link to its folder', { runbookUrls: ['https://wiki.example/runbooks/queue/'] }],
    ['by an empty link', { runbookUrls: ['', '/', '?'] }],
    ['by nothing', {}],
  ])('%s', (_, fields) => {
    expect(createExactMatcher(query(fields))(runbook)).toBeUndefined();
  });
});

describe('an incident', () => {
  it('that had the same alert is a look-alike, not an answer', () => {
    expect(createExactMatcher(query({ alertNames: ['QueueBacklogHigh'] }))(incident)).toBe(0.5);
    expect(createExactMatcher(query({ text: 'QueueBacklogHigh' }))(incident)).toBeUndefined();
  });

  it('is named by its id', () => {
    expect(createExactMatcher(query({ text: 'as in 2026-03-01-backlog' }))(incident)).toBe(1);
  });

  it('is no target of a runbook link', () => {
    expect(
      createExactMatcher(query({ runbookUrls: ['https://x.example/2026-03-01-backlog'] }))(incident),
    ).toBeUndefined();
  });
});

describe('an error code', () => {
  const quoting = (id: string, text: string) => buildIncident({ id, sections: [buildSection(id, 'summary', text)] });

  it('names the only document that quotes it', async () => {
    const index = await buildExactIndex([
      quoting('a', 'the client saw ORA-00942'),
      quoting('b', 'it was slow'),
      runbook,
    ]);
    const found = index.search(query({ text: 'ORA_00942 after the release', alertNames: ['QueueBacklogHigh'] }));
    expect([...found]).toEqual([
      ['incident:a', 1],
      ['runbook:queue/QueueBacklogHigh', 1],
    ]);
  });

  it('that some quote finds them, below what is named; one that many quote tells nothing', async () => {
    const many = Array.from({ length: 6 }, (_, at) => quoting(`i${at}`, 'ECONNREFUSED'));
    const [all, some] = [await buildExactIndex(many), await buildExactIndex(many.slice(1))];
    expect(all.search(query({ text: 'ECONNREFUSED' })).size).toBe(0);
    expect([...some.search(query({ text: 'ECONNREFUSED' })).values()]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5]);
  });

  it('is as rare as it is among the accepted: later quotes do not take it from earlier ones', async () => {
    const many = Array.from({ length: 6 }, (_, at) => quoting(`i${at}`, 'ECONNREFUSED'));
    const index = await buildExactIndex(many);
    const found = index.search(query({ text: 'ECONNREFUSED' }), (key) => key === 'incident:i0');
    expect([...found]).toEqual([['incident:i0', 1]]);
  });
});

it.each(['/', '?\n', '.md', '#'])('a link of a hundred thousand "%s" is read at once', (part) => {
  const index = createExactIndex();
  const started = performance.now();
  index.search(query({ runbookUrls: [`${part.repeat(100_000)}\n-`, `x${part.repeat(100_000)}`] }));
  expect(performance.now() - started).toBeLessThan(1_000);
});
