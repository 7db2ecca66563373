import type { Chunk, DocumentKind, Incident, KnowledgeDocument, ServiceDocument } from '../../domain/document.ts';
import { keyOf } from '../../domain/document.ts';
import type { Generation } from '../../domain/generation.ts';
import { buildServiceGraph, type ServiceGraph } from '../../domain/topology.ts';
import { buildCauseIndex, type CauseIndex } from '../causes/causes.ts';
import { buildExactIndex, type ExactIndex } from './exact.ts';
import { buildLexicalIndex, type LexicalIndex } from './lexical/lexical.ts';
import { createPace, type Pace } from './pace.ts';
import { buildSignalIndex, type SignalIndex } from './signals.ts';
import { findSuccessors } from './supersession.ts';

/** A chunk where it stands. Chunks are content-addressed, so one may stand in several documents. */
export interface Placement {
  /** The document's. */
  readonly key: string;
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
  readonly causes: CauseIndex;
  readonly exact: ExactIndex;
  readonly graph: ServiceGraph;
  /** Every service that the topology or a document names, as it is spelt there, by its name in lower case. */
  readonly knownServices: ReadonlyMap<string, string>;
  /** Ids of runbooks that a newer one replaces, with its id. */
  readonly supersededRunbooks: ReadonlyMap<string, string>;
}

/** Noting a chunk takes as long as reading so many characters. */
const CHUNK_COST = 50;

/** Works in slices: what is being served goes on being served meanwhile. */
export async function buildKnowledge(
  generation: Generation,
  documents: readonly KnowledgeDocument[],
): Promise<Knowledge> {
  const pace = createPace();
  const byKind = {
    runbook: documents.filter((document) => document.kind === 'runbook'),
    incident: documents.filter((document) => document.kind === 'incident'),
    service: documents.filter((document) => document.kind === 'service'),
  };
  const graph = buildServiceGraph(byKind.service.filter(isService).map((service) => service.node));
  const named = [...graph.services.keys(), ...documents.flatMap((document) => document.services)];
  return {
    generation,
    ...(await placeChunks(documents, pace)),
    byKind,
    lexical: {
      runbook: await buildLexicalIndex(byKind.runbook, keyOf, pace),
      incident: await buildLexicalIndex(byKind.incident, keyOf, pace),
      service: await buildLexicalIndex(byKind.service, keyOf, pace),
    },
    signals: await buildSignalIndex(byKind.incident.filter(isIncident), pace),
    causes: await buildCauseIndex(byKind.incident.filter(isIncident), graph, pace),
    exact: await buildExactIndex(documents, pace),
    graph,
    knownServices: indexSpellings(named),
    supersededRunbooks: await findSuccessors(documents, pace),
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

/** Documents by key, and every chunk where it stands. */
async function placeChunks(
  documents: readonly KnowledgeDocument[],
  pace: Pace,
): Promise<Pick<Knowledge, 'documents' | 'placements'>> {
  const byKey = new Map<string, KnowledgeDocument>();
  const placements = new Map<string, Placement[]>();
  for (const document of documents) {
    const key = keyOf(document);
    byKey.set(key, document);
    for (const chunk of document.chunks) {
      const known = placements.get(chunk.id);
      if (known) known.push({ key, document, chunk });
      else placements.set(chunk.id, [{ key, document, chunk }]);
    }
    await pace.spend(CHUNK_COST * (1 + document.chunks.length));
  }
  return { documents: byKey, placements };
}

function isIncident(document: KnowledgeDocument): document is Incident {
  return document.kind === 'incident';
}

function isService(document: KnowledgeDocument): document is ServiceDocument {
  return document.kind === 'service';
}
