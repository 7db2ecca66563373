import { describe, expect, it } from 'vitest';
import { type DocumentKind, keyOf } from '../../../domain/document.ts';
import { buildIncident, buildRunbook, buildSection, buildSource } from '../../../testing/knowledge-builder.ts';
import { buildLexicalIndex } from '../lexical/lexical.ts';
import { ANSWERABLE_THRESHOLD, answerLogOdds, chanceOf, judgeRelevance } from './relevance.ts';

const backlog = buildRunbook({
  id: 'queue/Backlog',
  sections: [buildSection('runbooks/queue/Backlog.md', 'meaning', 'messages wait in the queue for the consumer')],
});
const outage = buildIncident({
  id: '2026/queue-stood-still',
  sections: [buildSection('incidents/2026/queue.md', 'summary', 'messages waited in the queue, orders stood still')],
});
const other = buildRunbook({
  id: 'web/Certificate',
  sections: [buildSection('runbooks/web/Certificate.md', 'meaning', 'the certificate of the web server expires')],
});
const twin = { ...backlog, id: 'queue/Backlog-of-another-team' };
const documents = [backlog, outage, other, twin];
const keys = documents.map(keyOf);
const lexical = await buildLexicalIndex(documents, keyOf);
const knowledge = {
  documents: new Map(documents.map((document) => [keyOf(document), document])),
  lexical: { runbook: lexical, incident: lexical, service: lexical },
};
const kinds: DocumentKind[] = ['runbook', 'incident'];

function judge(
  text: string,
  similarities: readonly number[],
  more: { signals?: number; exact?: number } = {},
  best: readonly string[] = keys,
) {
  const dense = new Map(
    documents.flatMap((document, at) => {
      const [key, similarity] = [keyOf(document), similarities[at]];
      const chunk = { id: key, text: '', header: '', source: buildSource(document.source.path, 7) };
      return similarity === undefined ? [] : [[key, { similarity, placement: { key, document, chunk } }] as const];
    }),
  );
  const found = {
    dense,
    lexical: new Map(lexical.search({ text }).map((match) => [match.key, match])),
    signals: new Map(more.signals === undefined ? [] : [[keyOf(outage), more.signals]]),
    exact: new Map(more.exact === undefined ? [] : [[keyOf(outage), more.exact]]),
  };
  return judgeRelevance({ text, kinds }, best, found, knowledge);
}

const text = 'messages wait in the queue';

describe('the relevance of a row', () => {
  it('is high for what means and says the same, and low for what does neither', () => {
    const { of } = judge(text, [0.8, 0.5, 0.2]);
    expect(of(keyOf(backlog))).toBeGreaterThan(0.7);
    expect(of(keyOf(other))).toBeLessThan(0.01);
  });

  it('is no less for having an equal beside it', () => {
    const alone = judge(text, [0.8, 0.1]).of(keyOf(backlog));
    const paired = judge(text, [0.8, 0.1, 0.1, 0.8]);
    expect(paired.of(keyOf(backlog))).toBeCloseTo(alone, 10);
  });

  it('falls behind a stronger one of its kind', () => {
    const first = judge(text, [0.1, 0, 0.5]).of(keyOf(other));
    const second = judge(text, [0.9, 0, 0.5]).of(keyOf(other));
    expect(second).toBeLessThan(first);
  });

  it('does not fall behind another kind: a runbook and an incident may both be the answer', () => {
    const beside = judge(text, [0.9, 0.6]).of(keyOf(outage));
    expect(beside).toBeCloseTo(judge(text, [0.2, 0.6]).of(keyOf(outage)), 10);
  });

  it('never exceeds the chance that there is an answer', () => {
    for (const similarity of [-0.2, 0.1, 0.4, 0.9]) {
      const { answerable, of } = judge(text, [similarity, 0.3, 0.2]);
      for (const key of keys) expect(of(key)).toBeLessThanOrEqual(answerable.score);
    }
  });

  it('is at least what names and signals say', () => {
    expect(judge('nothing known', [], { signals: 0.7 }).of(keyOf(outage))).toBe(0.7);
    expect(judge('nothing known', [], { exact: 1 }).of(keyOf(outage))).toBe(1);
  });

  it('never exceeds it either where what was asked for last stands before the best', () => {
    const { answerable, of } = judge(text, [0.2, 0.2, 0.2, 0.9], {}, keys.slice(1, 3));
    expect(answerable.score).toBeLessThan(0.5);
    expect(of(keyOf(twin))).toBe(answerable.score);
  });

  it('is none for a document that no leg found', () => {
    expect(judge('karpenter', []).of(keyOf(other))).toBe(0);
    expect(judge('karpenter', []).of('runbook:gone')).toBe(0);
  });
});

describe('the same alert or error code', () => {
  it('is a precedent, though not a sure one', () => {
    const { answerable } = judge('nothing known', [0.1], { exact: 0.5 });
    expect(answerable).toEqual({
      score: 0.5,
      reason: 'a document is about the same alert, or quotes the same error code',
    });
    expect(answerable.score).toBeGreaterThan(ANSWERABLE_THRESHOLD);
  });
});

describe('the size of the knowledge', () => {
  const chance = (choices: number) => chanceOf(answerLogOdds({ similarity: 0.45, coverage: 0.3, choices }));

  it('makes the same evidence weaker where there was more to choose from', () => {
    expect(chance(100)).toBeLessThan(chance(20));
  });

  it('says no more beyond what was measured', () => {
    expect(chance(100_000)).toBe(chance(158));
    expect(chance(1)).toBe(chance(10));
  });
});
