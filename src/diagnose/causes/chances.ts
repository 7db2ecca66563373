import { parseSignal, type Signal } from '../../domain/signal.ts';
import type { CauseModel, Explanation } from './model.ts';
import { buildScene, groupBy } from './scene.ts';

/** How likely each cause is by what history taught: all of them, where an engine names the first few. */
export interface CauseChances {
  /** Likeliest first; the chances add up to 1. */
  readonly all: readonly Explanation[];
  /**
   * The same without one source of signals (metrics, logs, traces …), by its name: an answer that hangs on one of them is
   * less sure than one that each would give. Empty where there is one source, or nothing known is left without it.
   */
  readonly without: ReadonlyMap<string, readonly Explanation[]>;
}

/** Signals may come from anywhere, and each source asks the model anew: the loudest count. */
const MAX_SOURCES = 6;

/** Undefined when the signals say nothing that was ever seen. `all` is what the model says of all of them. */
export function weighCauses(
  { explain }: CauseModel,
  signals: readonly Signal[],
  all: readonly Explanation[] = explain(buildScene(signals)),
): CauseChances | undefined {
  if (all.length === 0) return undefined;
  const sources = [...groupBy(signals, (signal) => parseSignal(signal).source)]
    .sort(([, some], [, others]) => others.length - some.length)
    .slice(0, MAX_SOURCES)
    .map(([source]) => source);
  const without = sources.flatMap((source): [string, readonly Explanation[]][] => {
    const left = signals.filter((signal) => parseSignal(signal).source !== source);
    const chances = left.length === 0 ? [] : explain(buildScene(left));
    return chances.length === 0 ? [] : [[source, chances]];
  });
  return { all, without: new Map(without) };
}
