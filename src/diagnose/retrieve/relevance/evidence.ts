import type { DocumentKind } from '../../../domain/document.ts';
import type { DenseMatch } from '../dense.ts';
import type { Knowledge } from '../knowledge.ts';
import type { LexicalIndex, LexicalMatch } from '../lexical/lexical.ts';
import type { RetrievalQuery } from '../query.ts';
import { tokeniseQuestion } from '../tokenise.ts';

/**
 * A query weighs at least this many words that one document alone holds. Less than that is no description of anything:
 * one lucky word would otherwise be all of it.
 */
const FULL_QUERY_WORDS = 3;

/** What the legs found, by document key. */
export interface Found {
  readonly dense: ReadonlyMap<string, DenseMatch>;
  readonly lexical: ReadonlyMap<string, Pick<LexicalMatch, 'terms'>>;
  readonly signals: ReadonlyMap<string, number>;
  readonly exact: ReadonlyMap<string, number>;
}

/** What the words say for one document in itself, whatever else was found. */
export interface OwnEvidence {
  /** Cosine of its best chunk, 0..1. */
  readonly similarity: number;
  /** Its share of the query's telling words, 0..1. */
  readonly coverage: number;
  /** How many documents it was chosen from: the best of many strangers looks more familiar than the best of few. */
  readonly choices: number;
}

/** Looks a document's evidence up; undefined for one that neither meaning nor words have found. */
export function createEvidenceReader(
  { text }: Pick<RetrievalQuery, 'text'>,
  { dense, lexical }: Pick<Found, 'dense' | 'lexical'>,
  knowledge: Pick<Knowledge, 'documents' | 'lexical'>,
): (key: string) => OwnEvidence | undefined {
  const words = tokeniseQuestion(text);
  const weighed = new Map<DocumentKind, WeighedQuery>();
  const weigh = (kind: DocumentKind) => {
    const known = weighed.get(kind) ?? weighQuery(words, knowledge.lexical[kind]);
    weighed.set(kind, known);
    return known;
  };
  const readOnce = (key: string): OwnEvidence | undefined => {
    const document = knowledge.documents.get(key);
    const [match, shared] = [dense.get(key), lexical.get(key)];
    if (!document || (!match && !shared)) return undefined;
    return {
      similarity: Math.min(1, Math.max(0, match?.similarity ?? 0)),
      coverage: coverageOf(shared?.terms ?? [], weigh(document.kind)),
      choices: knowledge.lexical[document.kind].size,
    };
  };
  const read = new Map<string, OwnEvidence | undefined>();
  return (key) => {
    if (!read.has(key)) read.set(key, readOnce(key));
    return read.get(key);
  };
}

interface WeighedQuery {
  /** IDF of each distinct word, times how often the query says it. */
  readonly weights: ReadonlyMap<string, number>;
  readonly mass: number;
}

/** Rare words tell, and unheard-of ones tell most. Few words count as `FULL_QUERY_WORDS`: they cannot be fully covered. */
function weighQuery(words: readonly string[], { idf, size }: Pick<LexicalIndex, 'idf' | 'size'>): WeighedQuery {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const weights = new Map([...counts].map(([word, count]) => [word, count * idf(word)]));
  return { weights, mass: Math.max(massOf(weights.keys(), weights), FULL_QUERY_WORDS * rareIdf(size)) };
}

/** `held`: distinct words, all of them the query's. */
function coverageOf(held: readonly string[], { weights, mass }: WeighedQuery): number {
  return mass === 0 ? 0 : massOf(held, weights) / mass;
}

function massOf(words: Iterable<string>, weights: WeighedQuery['weights']): number {
  let mass = 0;
  for (const word of words) mass += weights.get(word) ?? 0;
  return mass;
}

/** The inverse document frequency of a word that one of `size` documents holds. */
function rareIdf(size: number): number {
  return size === 0 ? 0 : Math.log(1 + (size - 0.5) / 1.5);
}
