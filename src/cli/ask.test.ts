import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import type { AskAnswer } from '../domain/ask.ts';
import { renderAnswer } from './ask.ts';

const source = { path: 'incidents/2026/queue.md', line: 30, endLine: 34, headingPath: [], sha: '0' };
const citations = [{ document: 'incident:2026/queue', source, quote: 'Purge the queue.' }];
const model = { id: 'm', checksum: 'c', dimension: 2 };
const ANSWER: AskAnswer = {
  conversation: 'c1',
  kind: 'answered',
  engine: 'precedent',
  text: 'Purge the queue. [1]',
  sentences: [
    {
      text: 'Purge the queue.',
      citations,
      commands: ['rabbitmqctl purge_queue orders'],
      risk: 'high',
      needsApproval: true,
    },
  ],
  sources: [],
  answerable: { score: 0.8, reason: 'it is close' },
  provenance: { generation: 'g', model, timings: {}, degraded: ['the reranker was away'] },
};

it('shows each sentence with its commands, where it stands and what it risks', () => {
  expect(stripVTControlCharacters(renderAnswer(ANSWER))).toBe(`
  Purge the queue.
    rabbitmqctl purge_queue orders
    incidents/2026/queue.md:30 · high risk, needs approval
  the reranker was away

  go on with --conversation c1
`);
});

it('shows a refusal in its own words', () => {
  const refused: AskAnswer = {
    ...ANSWER,
    kind: 'refused',
    reason: 'off-topic',
    text: 'No answer here.',
    sentences: [],
  };
  expect(stripVTControlCharacters(renderAnswer(refused))).toContain('\n  No answer here.\n');
});
