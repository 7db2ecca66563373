import type { Answerable } from '../../domain/evidence.ts';
import { formatSource } from '../../domain/source.ts';
import type { DenseMatch } from './dense.ts';
import type { Knowledge } from './knowledge.ts';
import type { LexicalMatch } from './lexical.ts';
import type { RetrievalQuery } from './query.ts';
import { tokenise } from './tokenise.ts';

/** Cosine of the bundled model between unrelated operations texts, and between a question and its own answer. */
const SIMILARITY_RANGE = { unrelated: 0.25, same: 0.75 } as const;

/** A score below this means: what was found shares words with the question, but does not answer it. */
export const ANSWERABLE_THRESHOLD = 0.35;

/**
 * Is there an answer at all? The fused score cannot say (min–max scaling gives every query a 1), so this looks at
 * absolute evidence: the share of the query's rare words that the best document holds, the best cosine, the best
 * signal overlap, or a name. Not a probability.
 */
export function judgeAnswerable(
  query: RetrievalQuery,
  found: {
    readonly dense: ReadonlyMap<string, DenseMatch>;
    readonly lexical: ReadonlyMap<string, LexicalMatch>;
    readonly signals: ReadonlyMap<string, number>;
    readonly exact: ReadonlyMap<string, number>;
  },
  knowledge: Knowledge,
): Answerable {
  if ([...found.exact.values()].includes(1)) return { score: 1, reason: 'the query names a document' };
  const coverage = Math.max(0, ...[...found.lexical.values()].map((match) => coverageOf(match, query, knowledge)));
  const nearest = [...found.dense.values()].sort((a, b) => b.similarity - a.similarity)[0];
  const similarity = nearest === undefined ? 0 : scaleSimilarity(nearest.similarity);
  const signals = Math.max(0, ...found.signals.values());
  const score = Math.max((coverage + similarity) / 2, signals);
  const where = nearest === undefined ? '' : `, nearest passage ${formatSource(nearest.placement.chunk.source)}`;
  return {
    score,
    reason:
      score >= ANSWERABLE_THRESHOLD
        ? `the best document holds ${percent(coverage)} of the query's telling words${where}`
        : `nothing close: the best document holds only ${percent(coverage)} of the query's telling words${where}`,
  };
}

/** Share of the query's IDF mass that one document holds. */
function coverageOf(match: LexicalMatch, query: RetrievalQuery, knowledge: Knowledge): number {
  const document = knowledge.documents.get(match.key);
  if (!document) return 0;
  const { idf } = knowledge.lexical[document.kind];
  const words = new Set(tokenise(query.text));
  const mass = [...words].reduce((sum, word) => sum + idf(word), 0);
  const held = match.terms.filter((term) => words.has(term)).reduce((sum, word) => sum + idf(word), 0);
  return mass === 0 ? 0 : held / mass;
}

function scaleSimilarity(similarity: number): number {
  const { unrelated, same } = SIMILARITY_RANGE;
  return Math.min(1, Math.max(0, (similarity - unrelated) / (same - unrelated)));
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
