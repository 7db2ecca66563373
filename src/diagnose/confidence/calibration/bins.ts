import type { GradedCase } from '../../../domain/calibration.ts';
import { type CaseGroup, listGroups } from './groups.ts';

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  readonly n: number;
  readonly right: number;
  /** Lowest and highest score in it. */
  readonly from: number;
  readonly to: number;
  /** Mean of what was said. */
  readonly confidence: number;
  /** Share that was so. */
  readonly accuracy: number;
}

/** Few enough that at n = 50 a bin still holds ten: the error's own noise decides what may be claimed of it. */
export const BINS = 5;

export function listBins(cases: readonly GradedCase[], bins = BINS): ReliabilityBin[] {
  return cutBins(listGroups(cases), bins).map(({ n, right, scores, from, to }) => {
    return { n, right, from, to, confidence: scores / n, accuracy: right / n };
  });
}

/** Expected calibration error: by how much what is said misses what is so, averaged over bins (Guo 2017). NaN without cases. */
export function expectedCalibrationError(cases: readonly GradedCase[], bins = BINS): number {
  return errorOfGroups(listGroups(cases), bins);
}

/** The same over cases that are grouped by score already, the lowest first; a group may be empty. */
export function errorOfGroups(groups: readonly CaseGroup[], bins = BINS): number {
  let [missed, n] = [0, 0];
  for (const bin of cutBins(groups, bins)) {
    missed += Math.abs(bin.scores - bin.right);
    n += bin.n;
  }
  return n === 0 ? Number.NaN : missed / n;
}

interface Bin {
  n: number;
  right: number;
  /** Sum over its cases. */
  scores: number;
  readonly from: number;
  to: number;
}

/**
 * Bins of about equal size. Cases of one score never part, for a cut between them would mean nothing; so what is left is
 * shared out evenly among the bins that are left, and each cut falls where it misses its place by least.
 */
function cutBins(groups: readonly CaseGroup[], bins: number): Bin[] {
  const found: Bin[] = [];
  let left = 0;
  for (const { n } of groups) left += n;
  let bin: Bin | undefined;
  let size = left / bins;
  for (const { score, n, right } of groups) {
    if (n === 0) continue;
    if (bin && found.length < bins && bin.n + n - size > size - bin.n) {
      left -= bin.n;
      size = left / (bins - found.length);
      bin = undefined;
    }
    if (!bin) {
      bin = { n: 0, right: 0, scores: 0, from: score, to: score };
      found.push(bin);
    }
    bin.n += n;
    bin.right += right;
    bin.scores += score * n;
    bin.to = score;
  }
  return found;
}
