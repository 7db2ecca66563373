import type { Knowledge } from '../../diagnose/retrieve/knowledge.ts';
import { buildKnowledge } from '../../diagnose/retrieve/knowledge.ts';
import type { Incident, KnowledgeDocument, Runbook, Section, ServiceDocument } from '../../domain/document.ts';
import type { ChatModel } from '../../ports.ts';
import { buildGeneration, publishDocuments } from '../../testing/generation-builder.ts';
import { createHashEmbedder } from '../../testing/hash-embedder.ts';
import { buildIncident, buildRunbook, buildSection, buildSource, buildStep } from '../../testing/knowledge-builder.ts';
import { createMemoryIndex } from '../../testing/memory-index.ts';
import type { AskPorts } from '../ask.ts';

const LATER = 'incidents/2026/queue-backlog.md';
const EARLIER = 'incidents/2025/queue-backlog.md';
const RUNBOOK = 'runbooks/orders/QueueBacklog.md';
const TOPOLOGY = 'topology/shop.yaml';

const QUEUE_LATER = buildIncident({
  id: '2026/queue-backlog',
  title: 'Orders queue backed up after a broker upgrade',
  date: '2026-03-02',
  duration: '55m',
  services: ['orders', 'db'],
  rootCause: { service: 'orders', summary: 'The consumers lost their leader.' },
  sections: [
    buildSection(LATER, 'summary', 'The orders queue backed up to 90,000 messages. Nothing was lost.', 10),
    { ...buildSection(LATER, 'root-cause', 'All queue leaders sat on one broker.\nThe consumers waited for it.', 14) },
    buildSection(LATER, 'impact', 'Confirmation mails came 40 minutes late.', 20),
  ],
  steps: [
    buildStep(LATER, 'Spread the leaders over the brokers.', ['rabbitmq-queues rebalance quorum'], 30),
    buildStep(LATER, 'Purge the dead letters.', ['rabbitmqctl purge_queue dead-letters'], 34),
  ],
});

const QUEUE_EARLIER = buildIncident({
  id: '2025/queue-backlog',
  title: 'Orders queue backed up behind a poison message',
  date: '2025-07-08',
  duration: '2h',
  services: ['orders'],
  sections: [
    buildSection(EARLIER, 'summary', 'The orders queue backed up because one message could not be parsed.', 10),
    buildSection(EARLIER, 'root-cause', 'A price was not a number.', 14),
  ],
  steps: [buildStep(EARLIER, 'Moved the message aside.', [], 30)],
});

const CERTIFICATE = buildIncident({
  id: '2026/certificate',
  title: 'The public certificate expired',
  date: '2026-01-05',
  services: ['web'],
  sections: [buildSection('incidents/2026/certificate.md', 'summary', 'The certificate of web expired at night.', 10)],
  steps: [buildStep('incidents/2026/certificate.md', 'Renewed the certificate by hand.', [], 20)],
});

const BACKLOG_RUNBOOK = buildRunbook({
  id: 'orders/QueueBacklog',
  title: 'The orders queue is growing',
  services: ['orders'],
  owner: 'fulfilment',
  sections: [
    buildSection(RUNBOOK, 'meaning', 'The orders queue holds more than 20,000 messages.', 10),
    buildSection(RUNBOOK, 'diagnosis', 'Look at the consumers:\n\n```sh\nkubectl get pods -l app=orders\n```', 14),
  ],
  steps: [buildStep(RUNBOOK, 'Scale the consumers of the orders queue.', ['kubectl scale deploy/orders --replicas=6'], 24)],
});

export const DOCUMENTS: readonly KnowledgeDocument[] = [
  QUEUE_LATER,
  QUEUE_EARLIER,
  CERTIFICATE,
  BACKLOG_RUNBOOK,
  buildService('orders', 'Takes orders and puts them into the queue.', 'fulfilment', ['db'], 3),
  buildService('web', 'Shows the shop.', 'front', ['orders'], 9),
  buildService('db', 'Keeps what was ordered.', 'data', [], 15),
];

function buildService(name: string, description: string, owner: string, calls: string[], line: number): ServiceDocument {
  const source = { ...buildSource(TOPOLOGY, line), endLine: line + 4 };
  const dependsOn = calls.map((service) => ({
    service,
    kind: 'sync' as const,
    provenance: [{ by: 'declared' as const, source: { path: TOPOLOGY, line: line + 4 } }],
  }));
  return {
    kind: 'service',
    id: name,
    title: name,
    services: [name],
    alerts: [],
    tags: [],
    sections: [{ role: 'summary', text: `${name} is a service. ${description}`, source }],
    steps: [],
    chunks: [],
    source,
    system: 'shop',
    node: { name, description, owner, dependsOn },
  };
}

export interface Shop {
  readonly knowledge: Knowledge;
  readonly ports: AskPorts;
}

/** A shop's knowledge, searched by real legs over vectors of hashed words. */
export async function openShop({
  chatModel,
  more = [],
}: { readonly chatModel?: ChatModel; readonly more?: readonly (Incident | Runbook)[] } = {}): Promise<Shop> {
  const embedder = createHashEmbedder({ dimension: 512 });
  const model = await embedder.describe();
  const index = createMemoryIndex();
  const documents = [...DOCUMENTS, ...more].map((document) => ({ ...document, chunks: document.sections.map((section, at) => toChunk(document, section, at)) }));
  for (const { kind, chunks } of documents) {
    for (const { id, text, header } of chunks) {
      const [vector = new Float32Array()] = await embedder.embed([`${header}\n${text}`], 'passage');
      await index.addChunks(kind, model, [{ id, text, vector }]);
    }
  }
  const generation = buildGeneration({ key: 'g1', model });
  await publishDocuments(index, generation, documents);
  return {
    knowledge: await buildKnowledge(generation, documents),
    ports: {
      index,
      embedder,
      now: () => new Date('2026-06-01T00:00:00Z'),
      chatModel,
      llmDeadline: () => AbortSignal.timeout(5_000),
      elapsed: () => performance.now(),
    },
  };
}

function toChunk({ id, title }: KnowledgeDocument, { text, source }: Section, at: number) {
  return { id: `${id}#${at}`, text, header: title, source };
}
