import type { KnowledgeDocument } from '../../domain/document.ts';
import type { Answerable, ScoreBreakdown } from '../../domain/evidence.ts';
import type { SourceRef } from '../../domain/source.ts';
import type { Embedder, KnowledgeIndex } from '../../ports.ts';
import { judgeAnswerable } from './answerable.ts';
import { boostsOf } from './boosts.ts';
import { type DenseMatch, searchDense } from './dense.ts';
import { createExactMatcher } from './exact.ts';
import { chooseExcerpt } from './excerpt.ts';
import { fuseByScaledMean, type Leg, scaleMinMax } from './fuse.ts';
import { type Knowledge, keyOf } from './knowledge.ts';
import type { LexicalMatch } from './lexical.ts';
import type { RetrievalQuery } from './query.ts';

/** Whether there is an answer is asked of this many of the best, however many were wanted. */
const JUDGED = 10;

export interface RankedDocument {
  readonly document: KnowledgeDocument;
  readonly score: number;
  readonly scores: ScoreBreakdown;
  /** How near it is in itself, 0..1, whatever else was found: the best chunk's cosine or the share of signals. */
  readonly similarity: number;
  readonly source: SourceRef;
  readonly excerpt: string;
}

export interface Retrieval {
  /** At most `k`, best first, one row per document. */
  readonly results: readonly RankedDocument[];
  readonly answerable: Answerable;
}

/** What each leg found, by document key. */
interface LegResults {
  readonly dense: ReadonlyMap<string, DenseMatch>;
  readonly lexical: ReadonlyMap<string, LexicalMatch>;
  readonly signals: ReadonlyMap<string, number>;
  readonly exact: ReadonlyMap<string, number>;
}

/** The query's text as a vector; undefined when it has no text, and then the dense leg stays out. */
export async function embedQuery(
  { text }: Pick<RetrievalQuery, 'text'>,
  { embedder }: { readonly embedder: Pick<Embedder, 'embed'> },
  signal?: AbortSignal,
): Promise<Float32Array | undefined> {
  if (text.trim() === '') return undefined;
  const [vector] = await embedder.embed([text], 'query', signal);
  return vector;
}

/** The legs side by side, fused into one order. Pure but for one index query per kind. */
export async function retrieve(
  query: RetrievalQuery,
  vector: Float32Array | undefined,
  knowledge: Knowledge,
  ports: { readonly index: Pick<KnowledgeIndex, 'nearest'> },
  signal?: AbortSignal,
): Promise<Retrieval> {
  const isKnown = (document: KnowledgeDocument) =>
    query.kinds.includes(document.kind) && isBefore(document, query.asOf) && isAbout(document, query.onlyServices);
  const found = await runLegs(query, vector, knowledge, ports, isKnown, signal);
  const ranked = rank(found, query, knowledge);
  const results = ranked.slice(0, query.k).map((row) => {
    const match = found.dense.get(keyOf(row.document));
    const similarity = Math.min(1, Math.max(0, match?.similarity ?? 0, row.scores.signals ?? 0));
    return { ...row, similarity, ...chooseExcerpt(row.document, query.text, match?.placement.chunk) };
  });
  const best = ranked.slice(0, JUDGED).map(({ document }) => keyOf(document));
  return { results, answerable: judgeAnswerable(query, best, found, knowledge) };
}

async function runLegs(
  query: RetrievalQuery,
  vector: Float32Array | undefined,
  knowledge: Knowledge,
  ports: { readonly index: Pick<KnowledgeIndex, 'nearest'> },
  isKnown: (document: KnowledgeDocument) => boolean,
  signal: AbortSignal | undefined,
): Promise<LegResults> {
  const accept = (key: string) => {
    const document = knowledge.documents.get(key);
    return document !== undefined && isKnown(document);
  };
  const lexical = query.kinds.flatMap((kind) => knowledge.lexical[kind].search(query, accept));
  const signals = query.kinds.includes('incident')
    ? knowledge.signals.search(query.signals)
    : new Map<string, number>();
  const known = query.kinds.flatMap((kind) => knowledge.byKind[kind]).filter(isKnown);
  const matchExactly = createExactMatcher(query);
  return {
    dense: filterKeys(await searchDenseKinds(query, vector, knowledge, ports, signal), accept),
    lexical: new Map(lexical.map((match) => [match.key, match])),
    signals: filterKeys(new Map([...signals].map(([id, score]) => [keyOf({ kind: 'incident', id }), score])), accept),
    exact: new Map(
      known.flatMap((document) => {
        const score = matchExactly(document);
        return score === undefined ? [] : [[keyOf(document), score] as const];
      }),
    ),
  };
}

async function searchDenseKinds(
  query: RetrievalQuery,
  vector: Float32Array | undefined,
  knowledge: Knowledge,
  { index }: { readonly index: Pick<KnowledgeIndex, 'nearest'> },
  signal: AbortSignal | undefined,
): Promise<Map<string, DenseMatch>> {
  const kinds = query.kinds.filter((kind) => knowledge.byKind[kind].length > 0);
  if (vector === undefined || kinds.length === 0) return new Map();
  const { model } = knowledge.generation;
  const perKind = await Promise.all(
    kinds.map((kind) => searchDense({ vector, model, kind }, knowledge, { index }, signal)),
  );
  return new Map(perKind.flatMap((matches) => [...matches]));
}

function rank(
  found: LegResults,
  query: RetrievalQuery,
  knowledge: Knowledge,
): Omit<RankedDocument, 'similarity' | 'source' | 'excerpt'>[] {
  const dense = scaleMinMax(new Map([...found.dense].map(([key, match]) => [key, match.similarity])));
  const lexical = scaleMinMax(new Map([...found.lexical].map(([key, match]) => [key, match.score])));
  const legs: Leg[] = [];
  if (dense.size > 0) legs.push('dense');
  if (lexical.size > 0) legs.push('lexical');
  if (found.signals.size > 0) legs.push('signals');
  const active = { legs, exact: found.exact.size > 0 };
  const keys = new Set([...dense.keys(), ...lexical.keys(), ...found.signals.keys(), ...found.exact.keys()]);
  return [...keys]
    .flatMap((key) => {
      const document = knowledge.documents.get(key);
      if (!document) return [];
      const { factor, ...boosts } = boostsOf(document, query, knowledge);
      const scores = withoutUndefined({
        exact: found.exact.get(key),
        dense: dense.get(key),
        lexical: lexical.get(key),
        signals: found.signals.get(key),
        ...boosts,
      });
      return [{ document, score: fuseByScaledMean(scores, active) * factor, scores }];
    })
    .sort((a, b) => b.score - a.score || keyOf(a.document).localeCompare(keyOf(b.document)));
}

function isBefore(document: KnowledgeDocument, asOf: Date | undefined): boolean {
  if (asOf === undefined || document.kind !== 'incident') return true;
  return document.date !== undefined && Date.parse(document.date) < Date.parse(asOf.toISOString().slice(0, 10));
}

function isAbout(document: KnowledgeDocument, services: readonly string[] | undefined): boolean {
  return services === undefined || document.services.some((service) => services.includes(service));
}

function filterKeys<T>(map: ReadonlyMap<string, T>, accept: (key: string) => boolean): Map<string, T> {
  return new Map([...map].filter(([key]) => accept(key)));
}

function withoutUndefined(parts: Record<keyof ScoreBreakdown, number | undefined> | object): ScoreBreakdown {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}
