import { toAlertGroup } from '../domain/alert.ts';
import type { SearchResponse, SearchResult } from '../domain/evidence.ts';
import type { SearchRequest } from '../domain/request.ts';
import type { Clock, Embedder } from '../ports.ts';
import { normalise } from './normalise.ts';
import type { Knowledge } from './retrieve/knowledge.ts';
import { buildQuery, type RetrievalQuery } from './retrieve/query.ts';
import { embedQuery, type RankedDocument, type RetrievePorts, retrieve } from './retrieve/retrieve.ts';

export interface SearchPorts extends RetrievePorts {
  readonly embedder: Pick<Embedder, 'embed'>;
  readonly now: Clock;
}

/** Retrieval alone, no engine and no LLM: what a person asks, or what a diagnosis of the alert would ask. */
export async function search(
  request: SearchRequest,
  knowledge: Knowledge,
  ports: SearchPorts,
  signal?: AbortSignal,
): Promise<SearchResponse> {
  const query = toQuery(request, knowledge, ports.now());
  // Without the dense leg nothing is embedded: the other legs can be judged while the embedder is away.
  const vector = query.without.has('dense') ? Promise.resolve(undefined) : embedQuery(query, ports, signal);
  const { results, answerable, degraded } = await retrieve(query, vector, knowledge, ports, signal);
  return { results: results.map(toResult), answerable, ...(degraded.length === 0 ? {} : { degraded: [...degraded] }) };
}

/** A question is read like an alert's summary: services and identifiers in it count just the same. */
function toQuery(request: SearchRequest, { knownServices }: Knowledge, now: Date): RetrievalQuery {
  const group = toAlertGroup(request.alert ?? { labels: {}, annotations: {} });
  const asked = request.query === undefined ? {} : { title: request.query };
  const situation = normalise(
    { ...group, commonAnnotations: { ...group.commonAnnotations, ...asked } },
    { knownServices, signals: request.signals, asOf: request.asOf === undefined ? undefined : new Date(request.asOf) },
  );
  const { kinds, k, services, categories, since, without } = request;
  return {
    ...buildQuery(situation, undefined, { kinds, k, now, without: new Set(without) }),
    ...(services === undefined ? {} : { onlyServices: services }),
    ...(categories === undefined ? {} : { onlyCategories: categories }),
    ...(since === undefined ? {} : { since }),
  };
}

function toResult({ document, score, relevance, scores, source, excerpt, alike }: RankedDocument): SearchResult {
  const { kind, id, title } = document;
  return { kind, id, title, score, relevance, scores, source, excerpt, alike: [...alike] };
}
