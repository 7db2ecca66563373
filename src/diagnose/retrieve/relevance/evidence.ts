import type { DocumentKind } from '../../../domain/document.ts';
import type { DenseMatch } from '../dense.ts';
import type { Knowledge } from '../knowledge.ts';
import type { LexicalIndex, LexicalMatch } from '../lexical/lexical.ts';
import type { RetrievalQuery } from '../query.ts';
import { tokenise } from '../tokenise.ts';

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
  const words = tokenise(text);
  const weighed = new Map<DocumentKind, WeighedQuery>();
  const weigh = (kind: DocumentKind) => {
    const known = weighed.get(kind) ?? weighQuery(words, knowledge.lexical[kind]);
    weighed.set(kind, known);
    return known;
  };
  return (key) => {
    const document = knowledge.documents.get(key);
    const [match, shared] = [dense.get(key), lexical.get(key)];
    if (!document || (!match && !shared)) return undefined;
    return {
      similarity: Math.min(1, Math.max(0, match?.similarity ?? 0)),
      coverage: coverageOf(new Set(shared?.terms), weigh(document.kind)),
      choices: knowledge.lexical[document.kind].size,
    };
  };
}

interface WeighedQuery {
  /** Each word with its IDF, as often as the query says it. */
  readonly words: readonly (readonly [word: string, idf: number])[];
  readonly mass: number;
}

/** Rare words tell, and unheard-of ones tell most. Few words count as `FULL_QUERY_WORDS`: they cannot be fully covered. */
function weighQuery(words: readonly string[], { idf, size }: Pick<LexicalIndex, 'idf' | 'size'>): WeighedQuery {
  const weights = new Map([...new Set(words)].map((word) => [word, idf(word)]));
  const weighed = words.map((word) => [word, weights.get(word) ?? 0] as const);
  return { words: weighed, mass: Math.max(massOf(weighed), FULL_QUERY_WORDS * rareIdf(size)) };
}

function coverageOf(held: ReadonlySet<string>, { words, mass }: WeighedQuery): number {
  return mass === 0 ? 0 : massOf(words.filter(([word]) => held.has(word))) / mass;
}

function massOf(words: WeighedQuery['words']): number {
  return words.reduce((sum, [, idf]) => sum + idf, 0);
}

/** The inverse document frequency of a word that one of `size` documents holds. */
function rareIdf(size: number): number {
  return size === 0 ? 0 : Math.log(1 + (size - 0.5) / 1.5);
}
