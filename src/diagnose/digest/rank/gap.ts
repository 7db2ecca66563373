import type { Comparison } from '../compare.ts';
import { blameGaps } from '../gaps.ts';
import { formatGrowth, formatMs, toName } from '../wording.ts';
import { type Finding, isSlower, latencyZ } from './finding.ts';

/** Calls whose way takes longer: the wire, the queue or the scheduler of one of the two ends. */
export function findGaps(comparison: Comparison, requestMs: number): Finding[] {
  return blameGaps(comparison.edges, (edge) => isSlower(edge, requestMs)).map(({ service, edge }) => {
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
