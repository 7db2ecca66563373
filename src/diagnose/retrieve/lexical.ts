import MiniSearch from 'minisearch';
import type { KnowledgeDocument, SectionRole } from '../../domain/document.ts';
import { tokenise } from './tokenise.ts';

/** BM25 (Robertson & Zaragoza 2009) with the usual constants; `d` is BM25+'s lower bound, off: documents are short. */
const BM25 = { k: 1.2, b: 0.75, d: 0 } as const;

/**
 * The body holds the whole text; what tells most about a document (title, alert names, headings and how it opens the
 * sections that say what the trouble looks like) counts again at half weight: docs/adr/0005-fusion.md.
 */
const FIELD_BOOSTS = { body: 1, lead: 0.5 } as const;
const TELLING_ROLES: ReadonlySet<SectionRole> = new Set(['summary', 'meaning', 'detection', 'impact']);

/** Words of an alert's expression are weak evidence: at full weight they hurt. Measured there too. */
const EXPRESSION_WEIGHT = 0.3;

export interface LexicalMatch {
  readonly key: string;
  /** BM25, unbounded; comparable within one query only. */
  readonly score: number;
  /** Distinct query terms found in the document. */
  readonly terms: readonly string[];
}

export interface LexicalQuery {
  readonly text: string;
  readonly expression?: string;
}

export interface LexicalIndex {
  readonly size: number;
  search(query: LexicalQuery, accept?: (key: string) => boolean): LexicalMatch[];
  /** Inverse document frequency of a term; the largest possible value for a term that no document holds. */
  idf(term: string): number;
}

interface LexicalEntry {
  readonly key: string;
  readonly body: string;
  readonly lead: string;
}

/** Builds the index in slices, so that a large knowledge base never holds up the event loop. */
export async function buildLexicalIndex(
  documents: readonly KnowledgeDocument[],
  keyOf: (document: KnowledgeDocument) => string,
): Promise<LexicalIndex> {
  const mini = new MiniSearch<LexicalEntry>({
    idField: 'key',
    fields: Object.keys(FIELD_BOOSTS),
    tokenize: tokenise,
    processTerm: (term) => term,
  });
  const frequency = new Map<string, number>();
  const entries = documents.map((document) => ({
    key: keyOf(document),
    body: bodyOf(document),
    lead: leadOf(document),
  }));
  await mini.addAllAsync(entries, { chunkSize: 20 });
  for (const entry of entries) {
    for (const term of new Set(tokenise(entry.body))) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const idf = (term: string) => {
    const found = frequency.get(term) ?? 0;
    return Math.log(1 + (entries.length - found + 0.5) / (found + 0.5));
  };
  return { size: entries.length, idf, search: (query, accept) => search(mini, query, accept) };
}

/** A word that the query repeats counts as often as it stands there; a word of the expression counts little, once. */
function weighTerms({ text, expression = '' }: LexicalQuery): Map<string, number> {
  const weights = new Map<string, number>();
  for (const word of tokenise(text)) weights.set(word, (weights.get(word) ?? 0) + 1);
  for (const word of tokenise(expression)) if (!weights.has(word)) weights.set(word, EXPRESSION_WEIGHT);
  return weights;
}

function search(
  mini: MiniSearch<LexicalEntry>,
  query: LexicalQuery,
  accept: (key: string) => boolean = () => true,
): LexicalMatch[] {
  const weights = weighTerms(query);
  const terms = [...weights.keys()];
  if (terms.length === 0) return [];
  const results = mini.search(terms.join(' '), {
    tokenize: () => terms,
    bm25: BM25,
    boost: FIELD_BOOSTS,
    boostTerm: (term) => weights.get(term) ?? 1,
    filter: (result) => accept(String(result.id)),
  });
  // The library multiplies BM25 by the number of matched terms; that favours long documents and measured worse.
  return results
    .map(({ id, score, queryTerms }) => ({ key: String(id), score: score / queryTerms.length, terms: queryTerms }))
    .sort((a, b) => b.score - a.score);
}

function bodyOf(document: KnowledgeDocument): string {
  const sections = document.sections.map((section) => `${section.source.headingPath.at(-1) ?? ''}\n${section.text}`);
  return [document.title, ...document.alerts, ...document.services, ...document.tags, ...sections].join('\n');
}

function leadOf(document: KnowledgeDocument): string {
  const headings = document.sections.map((section) => section.source.headingPath.at(-1) ?? '');
  const openings = document.sections.filter(({ role }) => TELLING_ROLES.has(role)).map(({ text }) => openingOf(text));
  return [document.title, ...document.alerts, ...document.services, ...headings, ...openings].join('\n');
}

function openingOf(text: string): string {
  return text.trim().split(/\n\s*\n/, 1)[0] ?? '';
}
