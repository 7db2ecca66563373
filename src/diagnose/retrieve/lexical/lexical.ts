import type { KnowledgeDocument, SectionRole } from '../../../domain/document.ts';
import { createPace, type Pace } from '../pace.ts';
import { tokenise, tokeniseQuestion } from '../tokenise.ts';
import { createPostingsBuilder, inverseFrequency, type Postings, type PostingsBuilder } from './postings.ts';
import { type LexicalMatch, type LexicalRanking, rankDocuments } from './ranking.ts';

export type { LexicalMatch, LexicalRanking };

/** How a document opens these sections tells most about it, beside its title, names and headings. */
const TELLING_ROLES: ReadonlySet<SectionRole> = new Set(['summary', 'meaning', 'detection', 'impact']);

/** Words of an alert's expression are weak evidence: at full weight they hurt (docs/adr/0005-fusion.md). */
const EXPRESSION_WEIGHT = 0.3;

/** Read without a pause: a millisecond's work. */
const PIECE = 20_000;

export interface LexicalQuery {
  readonly text: string;
  readonly expression?: string;
}

export interface LexicalIndex {
  /** Documents. */
  readonly size: number;
  /** Memory: what its arrays hold, which is nearly all there is. */
  readonly bytes: number;
  /** Every accepted document that shares a word with the query, scored; rows are made for those asked for only. */
  rank(query: LexicalQuery, accept?: (key: string) => boolean): LexicalRanking;
  /** All of them as rows, best first. */
  search(query: LexicalQuery, accept?: (key: string) => boolean): LexicalMatch[];
  /** Inverse document frequency of a term; the largest possible value for a term that no document holds. */
  idf(term: string): number;
}

/** Builds the index in slices, so that a large knowledge base never holds up the event loop. */
export async function buildLexicalIndex(
  documents: readonly KnowledgeDocument[],
  keyOf: (document: KnowledgeDocument) => string,
  pace: Pace = createPace(),
): Promise<LexicalIndex> {
  const builder = createPostingsBuilder();
  for (const document of documents) {
    await readDocument(document, builder, pace);
    builder.endDocument();
  }
  const postings = await builder.build(pace);
  const keys = documents.map(keyOf);
  const positions = new Map(keys.map((key, position) => [key, position]));
  const rank: LexicalIndex['rank'] = (query, accept) =>
    rankDocuments(weighTerms(query, postings), { postings, keys, positions }, accept);
  return {
    size: documents.length,
    bytes: bytesOf(postings),
    rank,
    search: (query, accept) => rank(query, accept).best(documents.length),
    idf: (term) => inverseFrequency(countHolders(term, postings), documents.length),
  };
}

/** The title, names, headings and the openings are read as lead, everything is read as body. */
async function readDocument(document: KnowledgeDocument, builder: PostingsBuilder, pace: Pace): Promise<void> {
  const readWhole = (text: string, isLead: boolean) => builder.read(text, 0, text.length, isLead);
  for (const text of [document.title, ...document.alerts, ...document.services]) readWhole(text, true);
  for (const text of document.tags) readWhole(text, false);
  for (const { source, role, text } of document.sections) {
    readWhole(source.headingPath.at(-1) ?? '', true);
    const opening = TELLING_ROLES.has(role) ? lengthOfOpening(text) : 0;
    for (let start = 0; start < text.length; ) {
      const end = start < opening ? endOfPiece(text, start, opening) : endOfPiece(text, start, text.length);
      builder.read(text, start, end, start < opening);
      await pace.spend(end - start);
      start = end;
    }
  }
}

/** Up to the first empty line below the first text. */
function lengthOfOpening(text: string): number {
  const start = text.length - text.trimStart().length;
  const end = text.slice(start).search(/\n\s*\n/);
  return end === -1 ? text.length : start + end;
}

/** Ends where a word ends, or at `limit`. */
function endOfPiece(text: string, start: number, limit: number): number {
  if (limit - start <= PIECE) return limit;
  const gap = /\s/g;
  gap.lastIndex = start + PIECE;
  return Math.min(limit, gap.exec(text)?.index ?? limit);
}

/** A word that the query repeats counts as often as it stands there; a word of the expression counts little, once. */
function weighTerms({ text, expression = '' }: LexicalQuery, { terms }: Postings): Map<string, number> {
  const weights = new Map<string, number>();
  for (const word of tokeniseQuestion(text)) weights.set(word, (weights.get(word) ?? 0) + 1);
  for (const word of tokenise(expression)) if (!weights.has(word)) weights.set(word, EXPRESSION_WEIGHT);
  return new Map([...weights].filter(([term]) => terms.find(term) !== undefined));
}

/** The body holds every word of the lead, so a term has one entry per document that holds it. */
function countHolders(term: string, { terms, starts }: Postings): number {
  const number = terms.find(term);
  return number === undefined ? 0 : (starts[number + 1] ?? 0) - (starts[number] ?? 0);
}

function bytesOf({ terms, starts, documents, scores }: Postings): number {
  return terms.bytes() + starts.byteLength + documents.byteLength + scores.byteLength;
}
