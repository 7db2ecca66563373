import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument } from '../domain/document.ts';
import type { DiagnosisQuestion } from '../domain/request.ts';
import { buildIncident, buildSection } from '../testing/knowledge-builder.ts';
import { diagnose } from './pipeline.ts';
import { buildKnowledge } from './retrieve/knowledge.ts';

const MODEL = { id: 'test', checksum: 'c', dimension: 2 };

/** Reviewed, and about something else. */
const reviewed = ['dns', 'memory-leak', 'certificate'].map((category) =>
  buildIncident({
    id: `2026/${category}`,
    date: '2026-05-01',
    category,
    rootCause: { service: 'web', summary: `It was ${category}.` },
    sections: [buildSection(`incidents/2026/${category}.md`, 'detection', `Customers saw ${category} in the morning.`)],
  }),
);

const SAID = 'Cache battery of the second controller reports a firmware fault in the morning.';

/** Tells just what is asked about. */
const draft = buildIncident({
  id: '2026/draft',
  date: '2026-06-01',
  status: 'draft',
  alerts: ['BatteryFault'],
  category: 'firmware-fault',
  rootCause: { service: 'array', summary: 'A firmware stalls writes.' },
  sections: [buildSection('incidents/2026/draft.md', 'detection', SAID)],
});

async function ask(...documents: KnowledgeDocument[]) {
  const generation = {
    key: 'g1',
    model: MODEL,
    sources: [],
    publishedAt: '2026-10-01T00:00:00Z',
    documents: 0,
    chunks: 0,
  };
  const question: DiagnosisQuestion = {
    alerts: [{ labels: { alertname: 'BatteryFault' }, annotations: { summary: SAID } }],
    options: { k: 8, engine: 'precedent', traces: 'none' },
  };
  return diagnose(question, await buildKnowledge(generation, documents), {
    embedder: {
      maxBatch: 8,
      describe: async () => MODEL,
      embed: async (texts) => texts.map(() => new Float32Array([1, 0])),
      loadTokenizer: async () => (text) => text.length,
      [Symbol.asyncDispose]: async () => {},
    },
    index: { nearest: async () => [] },
    chatModel: undefined,
    llmDeadline: () => AbortSignal.timeout(100),
    now: () => new Date('2026-10-15T03:00:00Z'),
    newId: () => 'd1',
    elapsed: () => 0,
  });
}

describe('a draft that tells just what is asked about', () => {
  it('makes no reviewed incident the answer that is about something else', async () => {
    expect(await ask(...reviewed)).toMatchObject({ kind: 'abstained', reason: 'no-precedent' });
    const answer = await ask(...reviewed, draft);
    expect(answer).toMatchObject({ kind: 'abstained', reason: 'no-precedent' });
    expect(answer.precedents.map(({ id }) => id)).toContain('2026/draft');
    expect(answer.hypotheses.map(({ category }) => category)).toContain('firmware-fault');
  });

  it('is an answer once it has been reviewed', async () => {
    const { status: _, ...merged } = draft;
    expect(await ask(...reviewed, merged)).toMatchObject({
      kind: 'answered',
      rootCause: { service: 'array', category: 'firmware-fault' },
    });
  });
});
