import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DocumentKind } from '../../domain/document.ts';
import { keyOf } from '../../domain/document.ts';
import type { KnowledgeIndex } from '../../ports.ts';
import { type DenseMatch, searchDense } from './dense.ts';
import { type Accept, buildFilter, keepAccepted } from './filter.ts';
import type { Knowledge } from './knowledge.ts';
import type { LexicalMatch, LexicalRanking } from './lexical/ranking.ts';
import type { RetrievalQuery } from './query.ts';

/**
 * Documents that words bring forward; of ten thousand that share a word with the question, these have a chance. What boosts,
 * folding and spreading do to a score never lifts what stands lower to the first hundred.
 */
export const CONTENDERS = 150;

/** What the words found: the best, and a look at any other. */
export interface WordsFound extends Pick<LexicalRanking, 'found' | 'lowest' | 'highest' | 'find'> {
  /** At most `CONTENDERS` of each kind. */
  readonly best: readonly LexicalMatch[];
}

/** What each leg found, by document key. */
export interface LegResults {
  readonly dense: ReadonlyMap<string, DenseMatch>;
  readonly lexical: WordsFound;
  readonly signals: ReadonlyMap<string, number>;
  readonly exact: ReadonlyMap<string, number>;
}

export interface LegPorts {
  readonly index: Pick<KnowledgeIndex, 'nearest'>;
}

/** The query as a vector, when it is ready; undefined when it has no text, and then the dense leg stays out. */
export type QueryVector = Promise<Float32Array | undefined>;

/**
 * All legs side by side: while the embedding is computed in its own thread, the legs that need none search here. Each
 * finds only what the query's kinds and filters admit.
 */
export async function runLegs(
  query: RetrievalQuery,
  vector: QueryVector,
  knowledge: Knowledge,
  ports: LegPorts,
  signal?: AbortSignal,
): Promise<LegResults> {
  const accept = buildFilter(query, knowledge);
  const [dense, others] = await Promise.all([
    searchDenseKinds(query, vector, knowledge, ports, accept, signal),
    // The embedding leaves for its thread first.
    nextTurn().then(() => searchInMemory(query, knowledge, accept)),
  ]);
  return { dense, ...others };
}

function searchInMemory(
  query: RetrievalQuery,
  knowledge: Knowledge,
  accept: Accept | undefined,
): Omit<LegResults, 'dense'> {
  const { without, kinds } = query;
  const isOfKind = (key: string) => kinds.some((kind) => key.startsWith(`${kind}:`));
  const named = without.has('exact') ? [] : [...knowledge.exact.search(query)].filter(([key]) => isOfKind(key));
  return {
    lexical: searchWords(without.has('lexical') ? [] : kinds, query, knowledge, accept),
    signals: without.has('signals') ? new Map() : keepAccepted(searchSignals(query, knowledge), accept),
    exact: keepAccepted(new Map(named), accept),
  };
}

/** Kinds are ranked apart, each by its own word frequencies, and scaled together: one question, one scale. */
function searchWords(
  kinds: readonly DocumentKind[],
  query: RetrievalQuery,
  { lexical }: Knowledge,
  accept: Accept | undefined,
): WordsFound {
  const byKind = kinds.map((kind) => lexical[kind].rank(query, accept));
  const heard = byKind.filter(({ found }) => found > 0);
  return {
    found: heard.reduce((sum, { found }) => sum + found, 0),
    lowest: Math.min(...heard.map(({ lowest }) => lowest)),
    highest: Math.max(...heard.map(({ highest }) => highest)),
    best: heard.flatMap((ranking) => ranking.best(CONTENDERS)),
    find: (key) => heard.map((ranking) => ranking.find(key)).find((match) => match !== undefined),
  };
}

function searchSignals({ kinds, signals }: RetrievalQuery, knowledge: Knowledge): Map<string, number> {
  if (!kinds.includes('incident')) return new Map();
  const found = knowledge.signals.search(signals);
  return new Map([...found].map(([id, score]) => [keyOf({ kind: 'incident', id }), score]));
}

async function searchDenseKinds(
  query: RetrievalQuery,
  asked: QueryVector,
  knowledge: Knowledge,
  { index }: LegPorts,
  accept: Accept | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, DenseMatch>> {
  const vector = await asked;
  const kinds = query.kinds.filter((kind) => knowledge.byKind[kind].length > 0);
  if (vector === undefined || kinds.length === 0 || query.without.has('dense')) return new Map();
  const isNarrow = accept !== undefined;
  const search = (kind: DocumentKind) =>
    searchDense({ vector, model: knowledge.generation.model, kind, isNarrow }, knowledge, { index }, signal);
  const perKind = await Promise.all(kinds.map(search));
  return keepAccepted(new Map(perKind.flatMap((matches) => [...matches])), accept);
}
