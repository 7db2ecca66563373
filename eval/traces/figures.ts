import type { Measured } from '../metrics.ts';

/** Of a normal distribution, 95 % are within. */
const Z = 1.96;

/**
 * AC@k as RCAEval has it: the share of the culprits among the first k, of as many as k could hold. One culprit: is it
 * there? Two: the first place counts for either, three places have room for both.
 */
export function accuracyAt(k: number, ranked: readonly string[], culprits: readonly string[]): number {
  const found = culprits.filter((culprit) => ranked.slice(0, k).includes(culprit)).length;
  return Math.min(1, found / Math.min(k, culprits.length));
}

/** The mean of AC@1 to AC@k: what comes second counts nearly as much as what comes first. */
export function averageAt(k: number, ranked: readonly string[], culprits: readonly string[]): number {
  const accuracies = Array.from({ length: k }, (_, index) => accuracyAt(index + 1, ranked, culprits));
  return accuracies.reduce((sum, value) => sum + value, 0) / k;
}

/**
 * A mean of shares with Wilson's interval, which holds its word for small n and near 0 and 1, where a bootstrap says
 * "certain". For values between 0 and 1 that are not all yes or no it is a little too wide.
 */
export function measureShare(values: readonly number[]): Measured {
  const n = values.length;
  if (n === 0) throw new Error('nothing to measure: not a single case');
  const share = values.reduce((sum, value) => sum + value, 0) / n;
  const centre = (share + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const spread = (Z / (1 + Z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  return { value: share, n, low: Math.max(0, centre - spread), high: Math.min(1, centre + spread) };
}
