import type { Diagnosis } from '../../domain/diagnosis.ts';
import type { KnowledgeDocument } from '../../domain/document.ts';
import type { DiagnosisQuestion } from '../../domain/request.ts';
import type { ChatRequest } from '../../ports.ts';
import { buildIncident, buildRunbook, buildSection, buildStep } from '../../testing/knowledge-builder.ts';
import { createScriptedChatModel } from '../../testing/scripted-chat-model.ts';
import { diagnose } from '../pipeline.ts';
import { buildKnowledge } from '../retrieve/knowledge.ts';
import { CULPRIT } from './planted-windows.ts';

/** What the shop of the planted windows knows of its past: one incident like this one, and one that somebody would like to hear of. */
const MODEL = { id: 'test', checksum: 'c', dimension: 2 };
const LATENCY = 'incidents/stock.md';

const DOCUMENTS: KnowledgeDocument[] = [
  buildIncident({
    id: '2026/stock',
    title: 'Reserving stock was slow',
    date: '2026-01-10',
    services: [CULPRIT, 'checkout'],
    alerts: ['CheckoutSlow'],
    category: 'lock-contention',
    rootCause: { service: CULPRIT, summary: 'Every order waited for the same row of the stock table.' },
    signals: [`trace ${CULPRIT} reserve-stock latency`],
    sections: [buildSection(LATENCY, 'detection', 'Orders at checkout took more than half a second.')],
    steps: [buildStep(LATENCY, 'Reserve stock in batches.', ['kubectl set env deploy/inventory BATCH=50'])],
  }),
  buildIncident({
    id: '2026/charge',
    title: 'Cards were declined',
    date: '2026-01-12',
    services: ['payment'],
    category: 'sabotage',
    rootCause: { service: 'payment', summary: 'The bank declined every card.' },
    sections: [buildSection('incidents/charge.md', 'detection', 'Charges failed at once.')],
    steps: [buildStep('incidents/charge.md', 'Switch payment off.')],
  }),
  buildRunbook({
    id: 'checkout/CheckoutSlow',
    title: 'CheckoutSlow',
    services: ['checkout'],
    alerts: ['CheckoutSlow'],
    sections: [buildSection('runbooks/checkout/CheckoutSlow.md', 'meaning', 'Orders take more than half a second.')],
    steps: [buildStep('runbooks/checkout/CheckoutSlow.md', 'Shed load at web.')],
  }),
];

export const ALERT = {
  labels: { alertname: 'CheckoutSlow', service: 'checkout', severity: 'page' },
  annotations: { summary: 'orders at checkout take more than half a second' },
  startsAt: '2026-02-01T00:11:00Z',
};

export const ANSWER = {
  reasoning: 'Orders are slow as they were when stock was locked.',
  category: 'lock-contention',
  service: CULPRIT,
  summary: 'Orders wait for the stock table.',
  citations: [{ id: 'A1', quote: 'orders at checkout take more than half a second' }],
  hypotheses: [],
  mitigation: ['P1.1'],
};

export type Answering = (request: ChatRequest) => string;

const generation = { key: 'g1', model: MODEL, sources: [], publishedAt: ALERT.startsAt, documents: 0, chunks: 0 };
const knowledge = buildKnowledge(generation, DOCUMENTS);

/** The whole read path, with what the model was asked. */
export async function askModel(
  question: DiagnosisQuestion,
  model: Answering = () => JSON.stringify(ANSWER),
): Promise<{ diagnosis: Diagnosis; prompt: ChatRequest | undefined }> {
  const chatModel = createScriptedChatModel(model, model, model);
  const diagnosis = await diagnose(question, await knowledge, {
    embedder: {
      maxBatch: 8,
      describe: async () => MODEL,
      embed: async (texts) => texts.map(() => new Float32Array([1, 0])),
      loadTokenizer: async () => (text) => text.length,
      [Symbol.asyncDispose]: async () => {},
    },
    index: { nearest: async () => [] },
    chatModel,
    llmDeadline: () => new AbortController().signal,
    now: () => new Date('2026-02-01T00:12:00Z'),
    newId: () => 'id-1',
    elapsed: () => 0,
  });
  return { diagnosis, prompt: chatModel.requests[0] };
}
