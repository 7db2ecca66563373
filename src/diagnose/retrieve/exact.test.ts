import { describe, expect, it } from 'vitest';
import { buildIncident, buildRunbook } from '../../testing/knowledge-builder.ts';
import { createExactMatcher, type ExactQuery } from './exact.ts';

const runbook = buildRunbook({ id: 'queue/QueueBacklogHigh', alerts: ['QueueBacklogHigh'] });
const incident = buildIncident({ id: '2026/2026-03-01-backlog', alerts: ['QueueBacklogHigh'] });

const query = (fields: Partial<ExactQuery>): ExactQuery => ({ text: '', alertNames: [], runbookUrls: [], ...fields });

describe('a runbook is named', () => {
  it.each<[string, Partial<ExactQuery>]>([
    ['by its alert', { alertNames: ['QueueBacklogHigh'] }],
    ['by its alert in another case', { alertNames: ['queuebackloghigh'] }],
    ['by a link to its file', { runbookUrls: ['https://wiki.example/runbooks/queue/QueueBacklogHigh.md'] }],
    ['by a link without extension', { runbookUrls: ['https://runbooks.example/queue/queuebackloghigh/'] }],
    ['by a link with query and fragment', { runbookUrls: ['https://x.example/QueueBacklogHigh.html?v=2#impact'] }],
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
