import type { Answerable } from '../../domain/evidence.ts';
import { formatSource } from '../../domain/source.ts';
import type { DenseMatch } from './dense.ts';
import type { Knowledge } from './knowledge.ts';
import type { LexicalIndex, LexicalMatch } from './lexical.ts';
import type { RetrievalQuery } from './query.ts';
import { tokenise } from './tokenise.ts';

/**
 * Below this, what was found shares words with the question but does not answer it. Set where one answerable alert in
 * twenty is turned away, averaged over several knowledge bases (docs/adr/0005-fusion.md).
 */
export const ANSWERABLE_THRESHOLD = 0.28;

/**
 * A query weighs at least this many words that one document alone holds. Less than that is no description of anything:
 * one lucky word would otherwise be all of it.
 */
const FULL_QUERY_WORDS = 3;

/** What the legs found, by document key. */
interface Found {
  readonly dense: ReadonlyMap<string, DenseMatch>;
  readonly lexical: ReadonlyMap<string, LexicalMatch>;
  readonly signals: ReadonlyMap<string, number>;
  readonly exact: ReadonlyMap<string, number>;
}

interface Resemblance {
  readonly score: number;
  readonly coverage: number;
  readonly where: string;
}

/**
 * Is there an answer at all? The fused score cannot say (min–max scaling gives every query a 1), so this looks at
 * absolute evidence: a name, the signals, or one document among `best` that both means the same (cosine) and says the
 * same (its share of the query's telling words). Not a probability. Naming a service is no answer, unless services are
 * all that is asked for.
 */
export function judgeAnswerable(
  query: Pick<RetrievalQuery, 'text' | 'kinds'>,
  best: readonly string[],
  found: Found,
  knowledge: Pick<Knowledge, 'documents' | 'lexical'>,
): Answerable {
  if (isNamed(query, found, knowledge)) return { score: 1, reason: 'the query names a document' };
  const words = tokenise(query.text);
  const [nearest] = best.map((key) => resemblance(key, words, found, knowledge)).sort((a, b) => b.score - a.score);
  const signals = Math.max(0, ...found.signals.values());
  if (signals > (nearest?.score ?? 0)) {
    return { score: signals, reason: `a past incident showed ${percent(signals)} of the same signals` };
  }
  if (!nearest) return { score: 0, reason: 'nothing was found' };
  const { score, coverage, where } = nearest;
  const only = score < ANSWERABLE_THRESHOLD ? 'nothing close: the best document holds only' : 'the best document holds';
  return { score, reason: `${only} ${percent(coverage)} of the query's telling words (${where})` };
}

function isNamed(
  { kinds }: Pick<RetrievalQuery, 'kinds'>,
  { exact }: Found,
  { documents }: Pick<Knowledge, 'documents'>,
): boolean {
  const onlyServices = kinds.every((kind) => kind === 'service');
  return [...exact].some(([key, score]) => score === 1 && (onlyServices || documents.get(key)?.kind !== 'service'));
}

function resemblance(
  key: string,
  words: readonly string[],
  found: Found,
  { documents, lexical }: Pick<Knowledge, 'documents' | 'lexical'>,
): Resemblance {
  const document = documents.get(key);
  if (!document) return { score: 0, coverage: 0, where: key };
  const match = found.dense.get(key);
  const similarity = Math.min(1, Math.max(0, match?.similarity ?? 0));
  const held = new Set(found.lexical.get(key)?.terms);
  const coverage = coverageOf(words, held, lexical[document.kind]);
  const where = formatSource(match?.placement.chunk.source ?? document.source);
  return { score: (similarity + coverage) / 2, coverage, where };
}

/**
 * Share of the query's IDF mass that one document holds: rare words tell, and unheard-of ones tell most. A query of less
 * mass than `FULL_QUERY_WORDS` rare words counts as that many, so that few words cannot be fully covered.
 */
function coverageOf(
  words: readonly string[],
  held: ReadonlySet<string>,
  { idf, size }: Pick<LexicalIndex, 'idf' | 'size'>,
): number {
  const massOf = (some: readonly string[]) => some.reduce((sum, word) => sum + idf(word), 0);
  const mass = Math.max(massOf(words), FULL_QUERY_WORDS * rareIdf(size));
  return mass === 0 ? 0 : massOf(words.filter((word) => held.has(word))) / mass;
}

/** The inverse document frequency of a word that one of `size` documents holds. */
function rareIdf(size: number): number {
  return size === 0 ? 0 : Math.log(1 + (size - 0.5) / 1.5);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
