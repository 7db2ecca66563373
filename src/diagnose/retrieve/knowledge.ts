import type { Chunk, DocumentKind, Incident, KnowledgeDocument, ServiceDocument } from '../../domain/document.ts';
import { DOCUMENT_KINDS } from '../../domain/document.ts';
import type { Generation } from '../../domain/generation.ts';
import { buildServiceGraph, type ServiceGraph } from '../../domain/topology.ts';
import { buildLexicalIndex, type LexicalIndex } from './lexical.ts';
import { buildSignalIndex, type SignalIndex } from './signals.ts';

/** A chunk where it stands. Chunks are content-addressed, so one may stand in several documents. */
export interface Placement {
  readonly document: KnowledgeDocument;
  readonly chunk: Chunk;
}

/** One generation, loaded for reading: everything retrieval needs but the vectors, which stay in the index. */
export interface Knowledge {
  readonly generation: Generation;
  readonly documents: ReadonlyMap<string, KnowledgeDocument>;
  readonly byKind: Readonly<Record<DocumentKind, readonly KnowledgeDocument[]>>;
  readonly placements: ReadonlyMap<string, readonly Placement[]>;
  readonly lexical: Readonly<Record<DocumentKind, LexicalIndex>>;
  readonly signals: SignalIndex;
  readonly graph: ServiceGraph;
  /** Every service that the topology or a document names, as it is spelt there, by its name in lower case. */
  readonly knownServices: ReadonlyMap<string, string>;
  /** Ids of runbooks that a newer one replaces. */
  readonly supersededRunbooks: ReadonlySet<string>;
}

/** Identifies a document across kinds: `incident:2026/2026-03-14-slow`. */
export function keyOf(document: Pick<KnowledgeDocument, 'kind' | 'id'>): string {
  return `${document.kind}:${document.id}`;
}

export async function buildKnowledge(
  generation: Generation,
  documents: readonly KnowledgeDocument[],
): Promise<Knowledge> {
  const byKind = {
    runbook: documents.filter((document) => document.kind === 'runbook'),
    incident: documents.filter((document) => document.kind === 'incident'),
    service: documents.filter((document) => document.kind === 'service'),
  };
  const graph = buildServiceGraph(byKind.service.filter(isService).map((service) => service.node));
  const named = [...graph.services.keys(), ...documents.flatMap((document) => document.services)];
  return {
    generation,
    documents: new Map(documents.map((document) => [keyOf(document), document])),
    byKind,
    placements: placeChunks(documents),
    lexical: await buildLexicalIndexes(byKind),
    signals: buildSignalIndex(byKind.incident.filter(isIncident)),
    graph,
    knownServices: indexSpellings(named),
    supersededRunbooks: new Set(
      documents.flatMap((document) =>
        document.kind === 'runbook' && document.supersedes !== undefined ? [document.supersedes] : [],
      ),
    ),
  };
}

/** Where spellings differ the first counts: the topology's, when it names the service. */
function indexSpellings(services: readonly string[]): Map<string, string> {
  const spellings = new Map<string, string>();
  for (const service of services) {
    const name = service.toLowerCase();
    if (!spellings.has(name)) spellings.set(name, service);
  }
  return spellings;
}

async function buildLexicalIndexes(byKind: Knowledge['byKind']): Promise<Knowledge['lexical']> {
  const [runbook, incident, service] = await Promise.all(
    DOCUMENT_KINDS.map((kind) => buildLexicalIndex(byKind[kind], keyOf)),
  );
  if (!runbook || !incident || !service) throw new Error('one lexical index per document kind');
  return { runbook, incident, service };
}

function placeChunks(documents: readonly KnowledgeDocument[]): Map<string, Placement[]> {
  const placements = new Map<string, Placement[]>();
  for (const document of documents) {
    for (const chunk of document.chunks) {
      const known = placements.get(chunk.id);
      if (known) known.push({ document, chunk });
      else placements.set(chunk.id, [{ document, chunk }]);
    }
  }
  return placements;
}

function isIncident(document: KnowledgeDocument): document is Incident {
  return document.kind === 'incident';
}

function isService(document: KnowledgeDocument): document is ServiceDocument {
  return document.kind === 'service';
}
