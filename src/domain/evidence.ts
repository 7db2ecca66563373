import { z } from 'zod';
import { DocumentKind } from './document.ts';
import { SourceRef } from './source.ts';

const part = z.number().min(0).max(1).optional();

/** Where a score came from. Every part is 0..1; a leg that did not find the document is absent. */
export const ScoreBreakdown = z.object({
  /** 1 when the query names the document (alert, `runbook_url`, id, an error code it alone quotes); 0.5 a look-alike. */
  exact: part,
  /** Best chunk's cosine similarity, min–max scaled over this query's candidates. */
  dense: part,
  /** BM25 over title, headings, identifiers and body, min–max scaled over this query's candidates. */
  lexical: part,
  /** IDF-weighted share of the query's signals that the incident also showed. */
  signals: part,
  /** 1 same service, 0.5 one hop away, 0.25 two hops. */
  topology: part,
  /** 1 today, halving each `halfLifeDays`, never below its floor. */
  decay: part,
  /** 1 nothing speaks against it; lower once it is past `stale_after`, deprecated or superseded. */
  freshness: part,
  /** What people said of it in similar situations: 0.5 is even, 1 always confirmed, 0 always rejected. */
  feedback: part,
  /** What the reranker says of the best passage; only when one is configured. */
  rerank: part,
  /** 1 (absent) for the first incident of its root-cause category, less for each repeat. */
  diversity: part,
});
export type ScoreBreakdown = Readonly<z.infer<typeof ScoreBreakdown>>;

/** What can be left out of a search, so that each part can be judged by its absence. */
export const RetrievalPart = ScoreBreakdown.keyof();
export type RetrievalPart = z.infer<typeof RetrievalPart>;

/** One row of a search: a document, its best passage and why it is here. */
export const SearchResult = z.object({
  kind: DocumentKind,
  id: z.string(),
  title: z.string(),
  /** Orders the rows of one answer; the best is near 1 whatever was found. */
  score: z.number().min(0).max(1),
  /** Calibrated chance that this document answers the question. */
  relevance: z.number().min(0).max(1),
  scores: ScoreBreakdown,
  source: SourceRef,
  excerpt: z.string(),
  /** Ids of documents that say nearly the same and are folded into this row. */
  alike: z.array(z.string()),
});
export type SearchResult = Readonly<z.infer<typeof SearchResult>>;

/** Does the knowledge hold an answer at all? 0..1, with the reason in words. */
export const Answerable = z.object({ score: z.number().min(0).max(1), reason: z.string() });
export type Answerable = Readonly<z.infer<typeof Answerable>>;

export const SearchResponse = z.object({
  results: z.array(SearchResult),
  answerable: Answerable,
  /** What could not be done for this answer, in words; absent when all was. */
  degraded: z.array(z.string()).optional(),
});
export type SearchResponse = Readonly<z.infer<typeof SearchResponse>>;
