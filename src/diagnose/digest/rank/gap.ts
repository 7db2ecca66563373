import type { Comparison, EdgeChange } from '../compare.ts';
import { blameGaps } from '../gaps.ts';
import { formatGrowth, formatMs, toName } from '../wording.ts';
import { type Finding, isSlower, latencyZ } from './finding.ts';

/** One chance in forty by itself: not enough to accuse anybody, enough to agree with another that does. */
const SEEMING_Z = 2;

/** Calls whose way takes longer: the wire, the queue or the scheduler of one of the two ends. */
export function findGaps(comparison: Comparison, requestMs: number): Finding[] {
  const isSlow = (edge: EdgeChange) => isSlower(edge, requestMs);
  const seemsSlow = (edge: EdgeChange) => isSlow(edge) || (edge.shift?.medianZ ?? 0) >= SEEMING_Z;
  return blameGaps(comparison.edges, isSlow, seemsSlow).map(({ service, edge }) => {
    const isCallee = service === edge.callee;
    const { before, after } = edge.gapMs;
    const way = `${toName(edge.caller)} ${toName(edge.operation)} → ${toName(edge.callee)}`;
    return {
      ranker: 'gap' as const,
      service,
      operation: isCallee ? edge.calleeOperation : edge.operation,
      z: latencyZ(edge.shift),
      addedMsPerTrace: edge.addedMsPerTrace,
      reason: `time on the way ${way} p50 ${formatMs(before)} → ${formatMs(after)}${formatGrowth(before, after)}`,
    };
  });
}
