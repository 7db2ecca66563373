import type { SearchResult } from '../src/domain/evidence.ts';
import type { DataSet, RetrievalData } from './datasets.ts';
import { measureMean, ndcgAt, recallAt } from './metrics.ts';
import { toSearchRequest } from './questions.ts';
import { openWorkbench } from './workbench.ts';

/** Shares of the dense leg in the mean; the lexical leg has the rest. */
const SHARES = [0, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.8, 1] as const;
const K = 50;

/** How good each share is on one set: the mean of R@1 and nDCG@10 over its questions without a name. */
export interface SetSweep {
  readonly set: string;
  readonly values: ReadonlyMap<number, number>;
}

/** What leaving one set out would have chosen, and how that does on the set left out. */
export interface HeldOut {
  readonly set: string;
  readonly chosen: number;
  readonly value: number;
}

export interface FusionReport {
  readonly sweeps: readonly SetSweep[];
  readonly heldOut: readonly HeldOut[];
}

/** The weight of the dense leg, chosen on all sets but one and judged on that one. The pool repeats others: left out. */
export async function measureFusion({ sets }: RetrievalData): Promise<FusionReport> {
  const sweeps: SetSweep[] = [];
  for (const set of sets.filter(({ name }) => name !== 'pooled')) sweeps.push(await sweep(set));
  return { sweeps, heldOut: sweeps.map((held) => holdOut(held, sweeps)) };
}

async function sweep(set: DataSet): Promise<SetSweep> {
  await using bench = await openWorkbench(set.files);
  const questions: { readonly relevant: ReadonlySet<string>; readonly results: readonly SearchResult[] }[] = [];
  for (const variant of set.variants.filter((name) => name !== 'with-name')) {
    for (const query of set.cases) {
      const request = toSearchRequest(query, variant, { kind: set.kind, k: K });
      questions.push({ relevant: new Set(query.relevant), results: (await bench.app.search(request)).results });
    }
  }
  const judge = (share: number) =>
    questions.map(({ relevant, results }) => {
      const ranking = { ranked: rankBy(results, share), relevant };
      return (recallAt(1, ranking) + ndcgAt(10, ranking)) / 2;
    });
  return { set: set.name, values: new Map(SHARES.map((share) => [share, measureMean(judge(share)).value])) };
}

/** The legs' parts of the breakdown, fused anew; names and boosts play no part here. */
function rankBy(results: readonly SearchResult[], share: number): string[] {
  return results
    .map(({ id, scores }) => ({ id, score: share * (scores.dense ?? 0) + (1 - share) * (scores.lexical ?? 0) }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

function holdOut(held: SetSweep, sweeps: readonly SetSweep[]): HeldOut {
  const others = sweeps.filter(({ set }) => set !== held.set);
  const total = (share: number) => others.reduce((sum, { values }) => sum + (values.get(share) ?? 0), 0);
  const chosen = SHARES.reduce<number>((best, share) => (total(share) > total(best) ? share : best), SHARES[0]);
  return { set: held.set, chosen, value: held.values.get(chosen) ?? 0 };
}
