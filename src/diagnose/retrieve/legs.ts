import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DocumentKind } from '../../domain/document.ts';
import type { KnowledgeIndex } from '../../ports.ts';
import { type DenseMatch, searchDense } from './dense.ts';
import { type Accept, buildFilter, keepAccepted } from './filter.ts';
import type { Knowledge } from './knowledge.ts';
import type { LexicalMatch, LexicalRanking } from './lexical/ranking.ts';
import type { RetrievalQuery } from './query.ts';

/**
 * Documents that words bring forward, and as many rows as any answer has: of ten thousand that share a word with the
 * question, hardly one that stands lower would be lifted to where people look by what boosts do.
 */
export const CONTENDERS = 100;

/** What the words found: the best, and a look at any other. */
export interface WordsFound extends Pick<LexicalRanking, 'found' | 'lowest' | 'highest' | 'scoreOf' | 'find'> {
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
  const named = without.has('exact') ? [] : [...knowledge.exact.search(query, accept)].filter(([key]) => isOfKind(key));
  const isSignalled = kinds.includes('incident') && !without.has('signals');
  return {
    lexical: searchWords(without.has('lexical') ? [] : kinds, query, knowledge, accept),
    signals: isSignalled ? knowledge.signals.search(query.signals, accept) : new Map(),
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
    scoreOf: (key) => firstOf(heard, (ranking) => ranking.scoreOf(key)),
    find: (key) => firstOf(heard, (ranking) => ranking.find(key)),
  };
}

/** Asked of hundreds of documents in every search: no lists in between. */
function firstOf<From, To>(items: readonly From[], ask: (item: From) => To | undefined): To | undefined {
  for (const item of items) {
    const answer = ask(item);
    if (answer !== undefined) return answer;
  }
  return undefined;
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
