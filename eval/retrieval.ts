import type { App } from '../src/app.ts';
import type { SearchResult } from '../src/domain/evidence.ts';
import { type AbstentionReport, measureAbstention } from './abstention.ts';
import { type Bm25, createBm25, fuseByReciprocalRank, rankByLeg } from './baselines.ts';
import type { Case, DataSet, RetrievalData, Variant } from './datasets.ts';
import { type Measured, measureMean, ndcgAt, type Ranking, recallAt, reciprocalRankAt } from './metrics.ts';
import { toPlainText, toSearchRequest } from './questions.ts';
import { openWorkbench } from './workbench.ts';

/** `bm25` reproduces the figures known of these sets, `bm25-repeats` is the stronger way to read the same formula. */
export const SYSTEMS = ['bm25', 'bm25-repeats', 'dense', 'lexical', 'rrf', 'hybrid'] as const;
export type System = (typeof SYSTEMS)[number];

const METRICS = {
  'R@1': (ranking: Ranking) => recallAt(1, ranking),
  'R@5': (ranking: Ranking) => recallAt(5, ranking),
  'MRR@10': (ranking: Ranking) => reciprocalRankAt(10, ranking),
  'nDCG@10': (ranking: Ranking) => ndcgAt(10, ranking),
} as const;
export type Metric = keyof typeof METRICS;

export type Figures = Readonly<Record<Metric, Measured>>;

/** One row of figures: a set, how its questions were put, and which of them. */
export interface Comparison {
  readonly set: string;
  readonly variant: Variant;
  /** `own-words` leaves out questions that share a fragment with their document, word for word. */
  readonly slice: 'all' | 'own-words';
  readonly systems: Readonly<Record<System, Figures>>;
}

export interface RetrievalReport {
  readonly comparisons: readonly Comparison[];
  readonly abstention: readonly AbstentionReport[];
}

/** Deep enough to hold what each leg alone would have put first; the order does not depend on it. */
const K = 50;

/** Every set on its own workbench, one after the other: two would only share the processor. */
export async function measureRetrieval({ sets, unanswerable }: RetrievalData): Promise<RetrievalReport> {
  const comparisons: Comparison[] = [];
  const abstention: AbstentionReport[] = [];
  for (const set of sets) {
    await using bench = await openWorkbench(set.files);
    const baselines = createBaselines(set);
    for (const variant of set.variants) {
      const answers = await ask(set, variant, bench.app, baselines);
      comparisons.push(...compare(set, variant, answers));
      if (variant !== 'opaque-name') continue;
      const judged = answers.map(({ answerable }) => answerable);
      const drivers = { app: bench.app, bm25: baselines.bm25 };
      abstention.push(await measureAbstention(set, judged, unanswerable, variant, drivers));
    }
  }
  return { comparisons, abstention };
}

interface Baselines {
  readonly bm25: Bm25;
  readonly 'bm25-repeats': Bm25;
}

function createBaselines({ files }: DataSet): Baselines {
  const documents = files.map(({ path, text }) => ({ id: toId(path), text }));
  return {
    bm25: createBm25(documents, { countsRepeats: false }),
    'bm25-repeats': createBm25(documents, { countsRepeats: true }),
  };
}

function toId(path: string): string {
  return path.replace(/^[^/]+\//, '').replace(/\.md$/, '');
}

type Rankings = Readonly<Record<System, Ranking>>;

interface Answer {
  readonly isVerbatim: boolean;
  readonly answerable: number;
  readonly rankings: Rankings;
}

async function ask(set: DataSet, variant: Variant, app: App, baselines: Baselines): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const query of set.cases) {
    const { results, answerable } = await app.search(toSearchRequest(query, variant, { kind: set.kind, k: K }));
    const rankings = rankAll(query, toPlainText(query, variant), results, baselines);
    answers.push({ isVerbatim: query.isVerbatim, answerable: answerable.score, rankings });
  }
  return answers;
}

function rankAll(query: Case, text: string, results: readonly SearchResult[], baselines: Baselines): Rankings {
  const [dense, lexical] = [rankByLeg(results, 'dense'), rankByLeg(results, 'lexical')];
  const relevant = new Set(query.relevant);
  const toRanking = (ranked: readonly string[]): Ranking => ({ ranked, relevant });
  return {
    bm25: toRanking(baselines.bm25.rank(text).map(({ id }) => id)),
    'bm25-repeats': toRanking(baselines['bm25-repeats'].rank(text).map(({ id }) => id)),
    dense: toRanking(dense),
    lexical: toRanking(lexical),
    rrf: toRanking(fuseByReciprocalRank(dense, lexical)),
    hybrid: toRanking(results.map(({ id }) => id)),
  };
}

/** All questions, and apart those in their own words where some are not. */
function compare({ name: set }: DataSet, variant: Variant, answers: readonly Answer[]): Comparison[] {
  const ownWords = answers.filter(({ isVerbatim }) => !isVerbatim);
  const all: Comparison = { set, variant, slice: 'all', systems: measureSystems(answers) };
  if (ownWords.length === answers.length) return [all];
  return [all, { set, variant, slice: 'own-words', systems: measureSystems(ownWords) }];
}

function measureSystems(answers: readonly Answer[]): Comparison['systems'] {
  const measure = (system: System): Figures => {
    const figure = (metric: Metric) => measureMean(answers.map(({ rankings }) => METRICS[metric](rankings[system])));
    return { 'R@1': figure('R@1'), 'R@5': figure('R@5'), 'MRR@10': figure('MRR@10'), 'nDCG@10': figure('nDCG@10') };
  };
  return {
    bm25: measure('bm25'),
    'bm25-repeats': measure('bm25-repeats'),
    dense: measure('dense'),
    lexical: measure('lexical'),
    rrf: measure('rrf'),
    hybrid: measure('hybrid'),
  };
}
