import { describe, expect, it } from 'vitest';
import {
  DOCUMENT_KINDS,
  type DocumentKind,
  type KnowledgeDocument,
  keyOf,
  type ServiceDocument,
} from '../../../domain/document.ts';
import { buildRunbook, buildSection, buildSource } from '../../../testing/knowledge-builder.ts';
import type { DenseMatch } from '../dense.ts';
import { buildLexicalIndex } from '../lexical/lexical.ts';
import { ANSWERABLE_THRESHOLD, judgeRelevance } from './relevance.ts';

const backlog = buildRunbook({
  id: 'queue/Backlog',
  sections: [buildSection('runbooks/queue/Backlog.md', 'meaning', 'messages wait in the queue for the consumer')],
});
const certificate = buildRunbook({
  id: 'web/Certificate',
  sections: [buildSection('runbooks/web/Certificate.md', 'meaning', 'the certificate of the web server expires')],
});
const queue: ServiceDocument = {
  ...certificate,
  kind: 'service',
  id: 'queue',
  system: 'shop',
  node: { name: 'queue', dependsOn: [] },
};
const documents: KnowledgeDocument[] = [backlog, certificate];
const lexical = await buildLexicalIndex(documents, keyOf);
const knowledge = {
  documents: new Map([...documents, queue].map((document) => [keyOf(document), document])),
  lexical: { runbook: lexical, incident: lexical, service: lexical },
};

function judge(
  text: string,
  similarities: Record<string, number> = {},
  more: Partial<Parameters<typeof judgeRelevance>[2]> = {},
  kinds: readonly DocumentKind[] = DOCUMENT_KINDS,
) {
  const dense = new Map<string, DenseMatch>(
    Object.entries(similarities).map(([key, similarity]) => {
      const document = knowledge.documents.get(key) ?? backlog;
      const chunk = { id: key, text: '', header: '', source: buildSource(document.source.path, 7) };
      return [key, { similarity, placement: { key, document, chunk } }];
    }),
  );
  const matches = new Map(lexical.search({ text }).map((match) => [match.key, match]));
  const found = {
    dense,
    lexical: matches,
    signals: new Map<string, number>(),
    exact: new Map<string, number>(),
    ...more,
  };
  return judgeRelevance({ text, kinds }, documents.map(keyOf), found, knowledge).answerable;
}

describe('there is an answer', () => {
  it('when one document means the same and says the same', () => {
    const { score, reason } = judge('messages wait in the queue', { [keyOf(backlog)]: 0.8 });
    expect(score).toBeGreaterThan(0.9);
    expect(reason).toBe('the best document is 80 % similar in meaning (runbooks/queue/Backlog.md:7)');
  });

  it('for its words, where they are what lifts it above a stranger', () => {
    const { score, reason } = judge('messages wait in the queue', { [keyOf(backlog)]: 0.4 });
    expect(score).toBeGreaterThan(ANSWERABLE_THRESHOLD);
    expect(reason).toBe("the best document holds 100 % of the query's telling words (runbooks/queue/Backlog.md:7)");
  });

  it('for sure when the query names a document', () => {
    const { score, reason } = judge('anything', {}, { exact: new Map([[keyOf(backlog), 1]]) });
    expect(score).toBe(1);
    expect(reason).toMatch(/^the query names a document/);
  });

  it('when a past incident showed the same signals', () => {
    const { score, reason } = judge('nothing known', {}, { signals: new Map([['incident:a', 0.7]]) });
    expect(score).toBe(0.7);
    expect(reason).toContain('70 %');
  });
});

describe('there is no answer', () => {
  it('when nothing is close, and the reason says how far the best is', () => {
    const { score, reason } = judge('karpenter cannot launch spot capacity for a queue', { [keyOf(backlog)]: 0.2 });
    expect(score).toBeLessThan(ANSWERABLE_THRESHOLD);
    expect(reason).toMatch(/^nothing close: the best document is only 20 % similar in meaning/);
  });

  it('when the words are missing, and the reason says so', () => {
    const { score, reason } = judge('karpenter cannot launch spot capacity at all', { [keyOf(backlog)]: 0.45 });
    expect(score).toBeLessThan(ANSWERABLE_THRESHOLD);
    expect(reason).toMatch(/^nothing close: the best document holds only 0 %/);
  });

  it('when nothing was found at all', () => {
    expect(judge('karpenter').score).toBe(0);
    expect(judge('').score).toBe(0);
    expect(judge('queue', { [keyOf(certificate)]: -0.3 }).score).toBeLessThanOrEqual(0.5);
  });
});

describe('few words', () => {
  it('are no description, however well one document holds them', () => {
    expect(judge('certificate').score).toBeLessThan(ANSWERABLE_THRESHOLD);
    expect(judge('certificate').score).toBeLessThan(judge('certificate web expires').score);
  });
});

describe('the name of a service', () => {
  const named = { exact: new Map([[keyOf(queue), 1]]) };

  it('is no answer to a question about it', () => {
    expect(judge('how do I bake bread for queue', {}, named).score).toBeLessThan(ANSWERABLE_THRESHOLD);
  });

  it('is one when only services are asked for', () => {
    expect(judge('queue', {}, named, ['service']).score).toBe(1);
  });
});

it('meaning of one document and words of another are not an answer together', () => {
  const together = judge('messages wait in the queue', { [keyOf(backlog)]: 0.8 }).score;
  const apart = judge('messages wait in the queue', { [keyOf(certificate)]: 0.8 }).score;
  expect(apart).toBeLessThan(together);
});
