import { z } from 'zod';
import { DocumentKind } from './document.ts';
import { SourceRef } from './source.ts';

const part = z.number().min(0).max(1).optional();

/** Where a score came from. Every part is 0..1; a leg that did not find the document is absent. */
export const ScoreBreakdown = z.object({
  /** 1 when the alert names the document (alert name, `runbook_url`) or the query an identifier it defines. */
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
  feedback: part,
});
export type ScoreBreakdown = Readonly<z.infer<typeof ScoreBreakdown>>;

/** One row of a search: a document, its best passage and why it is here. */
export const SearchResult = z.object({
  kind: DocumentKind,
  id: z.string(),
  title: z.string(),
  score: z.number().min(0).max(1),
  scores: ScoreBreakdown,
  source: SourceRef,
  excerpt: z.string(),
});
export type SearchResult = Readonly<z.infer<typeof SearchResult>>;

/** Does the knowledge hold an answer at all? 0..1, with the reason in words. */
export const Answerable = z.object({ score: z.number().min(0).max(1), reason: z.string() });
export type Answerable = Readonly<z.infer<typeof Answerable>>;

export const SearchResponse = z.object({ results: z.array(SearchResult), answerable: Answerable });
export type SearchResponse = Readonly<z.infer<typeof SearchResponse>>;
