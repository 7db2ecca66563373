import { exactInterval } from '../../diagnose/confidence/calibration/clopper-pearson.ts';
import type { JudgedTarget, ReliabilityBin, Share } from '../../domain/backtest.ts';

/** What comes of answering only from a threshold on. */
export interface Accepted {
  readonly threshold: number;
  /** Of all cases, how many are at least this sure. */
  readonly kept: number;
  /** Share of these that are wrong. */
  readonly risk: Share;
}

/** Undefined where there is no such threshold. */
export function findAccepted(
  { coverage, n }: Pick<JudgedTarget, 'coverage' | 'n'>,
  threshold: number | null,
): Accepted | undefined {
  if (threshold === null) return undefined;
  // The surest come first, so the last that passes holds all that pass.
  const last = coverage.filter((point) => point.threshold >= threshold).at(-1);
  const kept = last ? Math.round(last.coverage * n) : 0;
  const wrong = last ? Math.round(last.risk * kept) : 0;
  return {
    threshold,
    kept,
    risk: { n: kept, value: kept === 0 ? null : wrong / kept, interval: exactInterval(wrong, kept) },
  };
}

/** The 95 % in which a perfectly calibrated model's share would lie, for so many cases (Bröcker and Smith 2007). */
export function consistencyBand({
  n,
  confidence,
}: Pick<ReliabilityBin, 'n' | 'confidence'>): [low: number, high: number] {
  const chance = Math.min(1 - TINY, Math.max(TINY, confidence));
  const odds = Math.log(chance) - Math.log1p(-chance);
  // Of exactly so many, in logarithms: the first of hundreds is too small for a double.
  let exactly = n * Math.log1p(-chance);
  let atMost = Math.exp(exactly);
  let [low, high] = [0, 0];
  for (let k = 1; k <= n && atMost <= 1 - TAIL; k++) {
    if (atMost < TAIL) low = k;
    high = k;
    exactly += Math.log((n - k + 1) / k) + odds;
    atMost += Math.exp(exactly);
  }
  return n === 0 ? [0, 1] : [low / n, high / n];
}

/** The share of right cases of a bin, with its interval. */
export function shareOfBin({ n, accuracy }: ReliabilityBin): Share {
  return { n, value: accuracy, interval: exactInterval(Math.round(accuracy * n), n) };
}

const TAIL = 0.025;
const TINY = 1e-9;
