import { measureOwnTimes } from '../../src/diagnose/digest/own-time.ts';
import { quantile } from '../../src/diagnose/digest/robust.ts';
import type { ParsedTraces } from '../../src/domain/trace.ts';
import { buildForest, type SpanForest, spanAt } from '../../src/traces/span-forest.ts';

/** What one would try first: services by the growth of the median of their slowest-grown operation. */
export const BASELINES = ['total duration', 'own time', 'own time + gap'] as const;
export type Baseline = (typeof BASELINES)[number];

export function rankByBaselines(
  normal: ParsedTraces | undefined,
  abnormal: ParsedTraces,
): Readonly<Record<Baseline, readonly string[]>> {
  const before = normal && observe(normal);
  const after = observe(abnormal);
  const rank = (baseline: Baseline) => rankByGrowth(before?.[baseline] ?? new Map(), after[baseline]);
  return {
    'total duration': rank('total duration'),
    'own time': rank('own time'),
    'own time + gap': rank('own time + gap'),
  };
}

type Medians = ReadonlyMap<string, number>;

function observe(window: ParsedTraces): Record<Baseline, Medians> {
  const forest = buildForest(window.spans);
  const own = measureOwnTimes(forest);
  const sampled: Record<Baseline, Map<string, number[]>> = {
    'total duration': new Map(),
    'own time': new Map(),
    'own time + gap': new Map(),
  };
  for (const [index, span] of forest.spans.entries()) {
    const ownUs = own[index] ?? 0;
    const callee = findCallee(forest, index);
    add(sampled['total duration'], span.service, span.operation, span.durationUs);
    add(sampled['own time'], span.service, span.operation, ownUs);
    add(sampled['own time + gap'], callee ?? span.service, span.operation, ownUs);
  }
  return {
    'total duration': mediansOf(sampled['total duration']),
    'own time': mediansOf(sampled['own time']),
    'own time + gap': mediansOf(sampled['own time + gap']),
  };
}

/** Own time of a span that does nothing but call another service is the gap between the two: it is charged over there. */
function findCallee(forest: SpanForest, index: number): string | undefined {
  const [child, ...others] = forest.childrenOf(index);
  if (child === undefined || others.length > 0) return undefined;
  const { service } = spanAt(forest, child);
  return service === spanAt(forest, index).service ? undefined : service;
}

function add(samples: Map<string, number[]>, service: string, operation: string, us: number): void {
  const key = `${service}\u0000${operation}`;
  const sample = samples.get(key);
  if (sample) sample.push(us);
  else samples.set(key, [us]);
}

function mediansOf(samples: ReadonlyMap<string, readonly number[]>): Medians {
  return new Map([...samples].map(([key, sample]) => [key, quantile(Float64Array.from(sample).sort(), 0.5)]));
}

/** Without a baseline an operation has grown from nothing. */
function rankByGrowth(before: Medians, after: Medians): string[] {
  const growth = new Map<string, number>();
  for (const [key, median] of after) {
    const [service = ''] = key.split('\u0000');
    const grown = median - (before.get(key) ?? (before.size > 0 ? median : 0));
    growth.set(service, Math.max(grown, growth.get(service) ?? Number.NEGATIVE_INFINITY));
  }
  return [...growth].sort((a, b) => b[1] - a[1]).map(([service]) => service);
}
