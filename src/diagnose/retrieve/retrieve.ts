import type { KnowledgeDocument } from '../../domain/document.ts';
import type { Answerable, ScoreBreakdown } from '../../domain/evidence.ts';
import type { SourceRef } from '../../domain/source.ts';
import type { Embedder, Reranker } from '../../ports.ts';
import { isVerified } from '../predict/unverified.ts';
import { diversify } from './diversify.ts';
import { type Folded, foldDuplicates } from './duplicates.ts';
import { chooseExcerpt } from './excerpt.ts';
import type { FeedbackIndex } from './feedback/feedback.ts';
import { keepAccepted } from './filter.ts';
import type { Knowledge } from './knowledge.ts';
import { type LegPorts, type LegResults, type QueryVector, runLegs } from './legs.ts';
import type { LexicalMatch } from './lexical/ranking.ts';
import type { RetrievalQuery } from './query.ts';
import { type Ranked, rank } from './rank.ts';
import { type Judgement, judgeRelevance } from './relevance/relevance.ts';
import { rerank, toPassage } from './rerank.ts';

/** Whether there is an answer is asked of this many of the best, however many were wanted. */
const JUDGED = 10;

export interface RankedDocument {
  readonly document: KnowledgeDocument;
  readonly score: number;
  /** Calibrated chance that it answers, 0..1. */
  readonly relevance: number;
  readonly scores: ScoreBreakdown;
  /** How near it is in itself, 0..1, whatever else was found: the best chunk's cosine or the share of signals. */
  readonly similarity: number;
  readonly source: SourceRef;
  readonly excerpt: string;
  /** Ids of documents that say nearly the same. */
  readonly alike: readonly string[];
}

export interface Retrieval {
  /** At most `k`, best first, one row per document. */
  readonly results: readonly RankedDocument[];
  readonly answerable: Answerable;
  /** The same of what people reviewed alone: a draft that tells just this makes nothing else an answer. */
  readonly answerableReviewed: Answerable;
  /** What could not be done, in words. */
  readonly degraded: readonly string[];
}

export interface RetrievePorts extends LegPorts {
  /** What people said of documents, when anybody did. */
  readonly feedback?: FeedbackIndex | undefined;
  readonly reranking?: { readonly reranker: Reranker; readonly depth: number } | undefined;
  /** The dense leg's share of the words' say, when the team has measured its own. */
  readonly denseShare?: number | undefined;
  /** Days in which an incident comes to count half, when the team has its own; runbooks take twice as long. */
  readonly halfLifeDays?: number | undefined;
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

/** legs → rank → rerank → fold → diversify → judge. Pure but for the index, and the reranker where there is one. */
export async function retrieve(
  query: RetrievalQuery,
  vector: QueryVector,
  knowledge: Knowledge,
  ports: RetrievePorts,
  signal?: AbortSignal,
): Promise<Retrieval> {
  const { without } = query;
  const { denseShare, halfLifeDays } = ports;
  const found = await runLegs(query, vector, knowledge, ports, signal);
  const feedback = without.has('feedback') ? undefined : ports.feedback?.priors(query);
  const ranked = rank(found, query, knowledge, { denseShare, halfLifeDays, feedback });
  const reread = await readAgain(query, ranked, found, ports, signal);
  const folded = foldDuplicates(reread.ranked);
  const rows = without.has('diversity') ? folded : diversify(folded, query.k, categoryOf);
  const shown = rows.slice(0, query.k);
  // Which ten are asked is all that boosts and verdicts have to say about whether there is an answer.
  const best = ranked.slice(0, JUDGED).map(({ key }) => key);
  const reviewed = listReviewed(ranked);
  const evidence = { ...found, lexical: findWords([...best, ...reviewed, ...shown.map(({ key }) => key)], found) };
  const judgement = judgeRelevance(query, best, evidence, knowledge);
  const isAllReviewed = best.every((key) => reviewed.includes(key));
  return {
    results: shown.map((row) => present(row, evidence, judgement)),
    answerable: judgement.answerable,
    answerableReviewed: isAllReviewed ? judgement.answerable : judgeReviewed(query, reviewed, evidence, knowledge),
    degraded: reread.degraded === undefined ? [] : [reread.degraded],
  };
}

/** However many drafts stand above them. */
function listReviewed(ranked: readonly Ranked[]): string[] {
  const keys: string[] = [];
  for (const { key, document } of ranked) {
    if (keys.length === JUDGED) break;
    if (isVerified(document)) keys.push(key);
  }
  return keys;
}

function judgeReviewed(
  query: RetrievalQuery,
  reviewed: readonly string[],
  evidence: Parameters<typeof judgeRelevance>[2],
  knowledge: Knowledge,
): Answerable {
  const accept = (key: string) => isVerified(knowledge.documents.get(key) ?? {});
  const { exact, signals } = evidence;
  const found = { ...evidence, exact: keepAccepted(exact, accept), signals: keepAccepted(signals, accept) };
  return judgeRelevance(query, reviewed, found, knowledge).answerable;
}

/** What the words found of a few: looking a document's words up costs, so it is done for those that are judged or shown. */
function findWords(keys: readonly string[], { lexical }: LegResults): Map<string, LexicalMatch> {
  const matches = [...new Set(keys)].flatMap((key) => lexical.find(key) ?? []);
  return new Map(matches.map((match) => [match.key, match]));
}

function categoryOf({ document }: Ranked): string | undefined {
  return document.kind === 'incident' ? document.category?.toLowerCase() : undefined;
}

async function readAgain(
  query: RetrievalQuery,
  ranked: readonly Ranked[],
  found: LegResults,
  { reranking }: RetrievePorts,
  signal: AbortSignal | undefined,
): Promise<{ readonly ranked: readonly Ranked[]; readonly degraded?: string }> {
  if (!reranking || query.without.has('rerank') || query.text.trim() === '') return { ranked };
  const passageOf = ({ key, document }: Ranked) => {
    const chunk = found.dense.get(key)?.placement.chunk ?? document.chunks[0];
    return chunk ? toPassage(chunk) : document.title;
  };
  return rerank(query.text, ranked, { ...reranking, passageOf }, signal);
}

/** A row for the caller: with its best passage, how near it is, and how likely it answers. */
function present(
  { key, document, score, scores, alike }: Folded,
  { dense, lexical }: Pick<LegResults, 'dense'> & { readonly lexical: ReadonlyMap<string, LexicalMatch> },
  judgement: Judgement,
): RankedDocument {
  const match = dense.get(key);
  const similarity = Math.min(1, Math.max(0, match?.similarity ?? 0, scores.signals ?? 0));
  const passage = chooseExcerpt(document, match?.placement.chunk, () => lexical.get(key)?.terms ?? []);
  return { document, score, relevance: judgement.of(key), scores, similarity, alike, ...passage };
}
