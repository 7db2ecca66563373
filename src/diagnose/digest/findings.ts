import type { Comparison } from './compare.ts';
import { findErrors } from './rank/error.ts';
import { findFanOuts } from './rank/fan-out.ts';
import type { Finding } from './rank/finding.ts';
import { findGaps } from './rank/gap.ts';
import { findLost } from './rank/lost.ts';
import { findOwnTime } from './rank/own-time.ts';

export { type Finding, isSlower, latencyZ, NOTABLE } from './rank/finding.ts';

/** All notable changes, each charged to the service whose doing it most likely is. `requestMs`: a typical request before. */
export function listFindings(comparison: Comparison, requestMs: number): Finding[] {
  return [
    ...findOwnTime(comparison, requestMs),
    ...findGaps(comparison, requestMs),
    ...findErrors(comparison),
    ...findLost(comparison),
    ...findFanOuts(comparison),
  ];
}
