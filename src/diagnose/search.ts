import { toAlertGroup } from '../domain/alert.ts';
import type { SearchResponse, SearchResult } from '../domain/evidence.ts';
import type { SearchRequest } from '../domain/request.ts';
import type { Clock, Embedder, KnowledgeIndex } from '../ports.ts';
import { normalise } from './normalise.ts';
import type { Knowledge } from './retrieve/knowledge.ts';
import { buildQuery, type RetrievalQuery } from './retrieve/query.ts';
import { embedQuery, type RankedDocument, retrieve } from './retrieve/retrieve.ts';

/** Retrieval alone, no engine and no LLM: what a person asks, or what a diagnosis of the alert would ask. */
export async function search(
  request: SearchRequest,
  knowledge: Knowledge,
  ports: { readonly embedder: Embedder; readonly index: Pick<KnowledgeIndex, 'nearest'>; readonly now: Clock },
  signal?: AbortSignal,
): Promise<SearchResponse> {
  const query = toQuery(request, knowledge, ports.now());
  const vector = await embedQuery(query, ports, signal);
  const { results, answerable } = await retrieve(query, vector, knowledge, ports, signal);
  return { results: results.map(toResult), answerable };
}

/** A question is read like an alert's summary: services and identifiers in it count just the same. */
function toQuery(request: SearchRequest, { knownServices }: Knowledge, now: Date): RetrievalQuery {
  const group = toAlertGroup(request.alert ?? { labels: {}, annotations: {} });
  const asked = request.query === undefined ? {} : { title: request.query };
  const situation = normalise(
    { ...group, commonAnnotations: { ...group.commonAnnotations, ...asked } },
    { knownServices, signals: request.signals, asOf: request.asOf === undefined ? undefined : new Date(request.asOf) },
  );
  const query = buildQuery(situation, undefined, { kinds: request.kinds, k: request.k, now });
  return request.services === undefined ? query : { ...query, onlyServices: request.services };
}

function toResult({ document, score, scores, source, excerpt }: RankedDocument): SearchResult {
  return { kind: document.kind, id: document.id, title: document.title, score, scores, source, excerpt };
}
