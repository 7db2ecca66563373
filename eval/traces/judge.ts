import { analyseTraces } from '../../src/diagnose/digest/analyse.ts';
import { digestAnalysis } from '../../src/diagnose/digest/digest.ts';
import type { LoadShape, Suspect, TraceDigest, TraceRanker } from '../../src/domain/trace.ts';
import { rankByBaselines } from './baselines.ts';
import type { TraceCase } from './cases.ts';

export const DIGEST = 'digest';
/** Every ranker by itself, and all of them by nothing but their places. */
export const RANKERS: readonly TraceRanker[] = ['own-time', 'gap', 'error', 'lost', 'fan-out', 'spectrum', 'page-rank'];
export const PLAIN_FUSION = 'plain RRF';
/** As everywhere where ranks are fused (Cormack et al.). */
const RRF_K = 60;

/** A case after everybody had a say, best suspects first. */
export interface JudgedCase {
  readonly id: string;
  readonly system: string;
  readonly faultType: string;
  /** What was done to the windows beside the fault. */
  readonly condition: string;
  readonly culprits: readonly string[];
  /** By method. */
  readonly ranked: Readonly<Record<string, readonly string[]>>;
  readonly isCalledHealthy: boolean;
  readonly shapes: readonly Pick<LoadShape, 'kind' | 'service'>[];
  readonly expectedShapes: readonly LoadShape['kind'][] | undefined;
  readonly spans: number;
  readonly seconds: number;
}

export function judgeCase(one: TraceCase, condition: string, now: () => number): JudgedCase {
  const began = now();
  const digest = digestAnalysis(analyseTraces(one.normal, one.abnormal));
  const seconds = (now() - began) / 1000;
  const isCandidate = (service: string) => one.candidates?.has(service) ?? true;
  const ranked = { ...rankByDigest(digest), ...rankByBaselines(one.normal, one.abnormal) };
  return {
    id: one.id,
    system: one.system,
    faultType: one.faultType,
    condition,
    culprits: one.culprits,
    ranked: Object.fromEntries(Object.entries(ranked).map(([method, order]) => [method, order.filter(isCandidate)])),
    isCalledHealthy: digest.healthy,
    shapes: digest.shapes.map(({ kind, service }) => ({ kind, service })),
    expectedShapes: one.shapes,
    spans: one.abnormal.spans.length + (one.normal?.spans.length ?? 0),
    seconds,
  };
}

function rankByDigest({ suspects }: Pick<TraceDigest, 'suspects'>): Record<string, string[]> {
  const names = (order: readonly Suspect[]) => order.map(({ service }) => service);
  const alone = RANKERS.map((ranker) => {
    const named = suspects.filter(({ rankings }) => rankings[ranker] !== undefined);
    return [ranker, names(sortBy(named, ({ rankings }) => -(rankings[ranker]?.rank ?? 0)))] as const;
  });
  const fused = sortBy(suspects, ({ rankings }) =>
    RANKERS.reduce((sum, ranker) => sum + (rankings[ranker] ? 1 / (RRF_K + rankings[ranker].rank) : 0), 0),
  );
  return { [DIGEST]: names(suspects), [PLAIN_FUSION]: names(fused), ...Object.fromEntries(alone) };
}

/** The largest first; equals stay as they were. */
function sortBy<Item>(items: readonly Item[], measure: (item: Item) => number): Item[] {
  return [...items].sort((a, b) => measure(b) - measure(a));
}
