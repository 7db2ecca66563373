import { hitAt, type Measured, measureMean, ndcgAt, type Ranking, recallAt, reciprocalRankAt } from './metrics.ts';
import { comparePaired, type Paired } from './paired.ts';
import type { Question, QuestionGroup } from './questions.ts';
import { type Rankings, SYSTEMS, type System } from './systems.ts';

export const METRICS = ['R@1', 'R@5', 'MRR@10', 'nDCG@10'] as const;
export type Metric = (typeof METRICS)[number];

const JUDGE: Readonly<Record<Metric, (ranking: Ranking) => number>> = {
  'R@1': (ranking) => recallAt(1, ranking),
  'R@5': (ranking) => recallAt(5, ranking),
  'MRR@10': (ranking) => reciprocalRankAt(10, ranking),
  'nDCG@10': (ranking) => ndcgAt(10, ranking),
};

export type Figures = Readonly<Record<Metric, Measured>>;

/** One row of figures: a set, how its questions were put, and which of them. */
export interface Comparison {
  readonly set: string;
  readonly variant: string;
  /** `own-words` leaves out questions that share a fragment with their document, word for word. */
  readonly slice: 'all' | 'own-words';
  readonly systems: Readonly<Record<System, Figures>>;
  /** The hybrid against BM25, question by question. */
  readonly againstBm25: Readonly<Record<Metric, Paired>>;
}

export interface Asked {
  readonly question: Question;
  readonly rankings: Rankings;
}

/** All questions, and apart those in their own words where some are not. */
export function compare({ set, variant }: Omit<QuestionGroup, 'questions'>, asked: readonly Asked[]): Comparison[] {
  const ownWords = asked.filter(({ question }) => !question.isVerbatim);
  const all: Comparison = { set, variant, slice: 'all', ...measureSystems(asked) };
  if (ownWords.length === asked.length || ownWords.length === 0) return [all];
  return [all, { set, variant, slice: 'own-words', ...measureSystems(ownWords) }];
}

/** One value per question. */
export function judge(
  metric: Metric,
  ranked: readonly string[],
  { relevant, anyWillDo }: Pick<Question, 'relevant' | 'anyWillDo'>,
): number {
  if (anyWillDo && metric === 'R@1') return hitAt(1, { ranked, relevant });
  if (anyWillDo && metric === 'R@5') return hitAt(5, { ranked, relevant });
  return JUDGE[metric]({ ranked, relevant });
}

export function byMetric<T>(measure: (metric: Metric) => T): Record<Metric, T> {
  return {
    'R@1': measure('R@1'),
    'R@5': measure('R@5'),
    'MRR@10': measure('MRR@10'),
    'nDCG@10': measure('nDCG@10'),
  };
}

function measureSystems(asked: readonly Asked[]): Pick<Comparison, 'systems' | 'againstBm25'> {
  const valuesOf = (system: System, metric: Metric) =>
    asked.map(({ question, rankings }) => judge(metric, rankings[system], question));
  const figures = SYSTEMS.map((system) => [system, byMetric((metric) => measureMean(valuesOf(system, metric)))]);
  return {
    // One entry for each of SYSTEMS, which are the keys.
    systems: Object.fromEntries(figures) as Record<System, Figures>,
    againstBm25: byMetric((metric) => comparePaired(valuesOf('hybrid', metric), valuesOf('bm25', metric))),
  };
}
