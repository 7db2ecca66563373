import { exactInterval } from '../../src/diagnose/confidence/calibration/clopper-pearson.ts';
import type { Share } from '../../src/domain/backtest.ts';

/** How many of some cases, with the exact interval: a bootstrap of nothing but hits would call 40 of 40 certain. */
export function countShare(flags: readonly boolean[]): Share {
  const hits = flags.filter(Boolean).length;
  const n = flags.length;
  return { n, value: n === 0 ? null : hits / n, interval: exactInterval(hits, n) };
}
