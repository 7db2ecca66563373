import type { TraceAnalysis } from '../../domain/trace-analysis.ts';
import type { Comparison } from './compare.ts';
import { latencyZ, NOTABLE } from './findings.ts';
import { formatMs, formatShare, toName } from './wording.ts';

interface Largest {
  /** As a share of what would be notable. */
  readonly size: number;
  readonly reason: string;
}

/** What "healthy" rests on: how much was compared, and the largest difference that was found. */
export function describeCompared(comparison: Comparison): NonNullable<TraceAnalysis['compared']> {
  const operations = [...comparison.operations.values()].filter(({ before, after }) => before && after).length;
  const largestChange = describeLargestChange(comparison);
  return largestChange === undefined ? { operations } : { operations, largestChange };
}

function describeLargestChange(comparison: Comparison): string | undefined {
  let largest: Largest = { size: 0, reason: '' };
  const offer = (z: number, notable: number, what: string, from: string, to: string) => {
    const size = z / notable;
    if (size > largest.size && from !== to) largest = { size, reason: `${what} ${from} → ${to}` };
  };
  for (const { operation, service, before, after, shift, errors } of comparison.operations.values()) {
    if (!before || !after) continue;
    const isMedian = (shift?.medianZ ?? 0) >= (shift?.tailZ ?? 0);
    const [label, from, to] = isMedian
      ? ['p50', before.ownMsP50, after.ownMsP50]
      : ['p95', before.ownMsP95, after.ownMsP95];
    const where = `${toName(operation)} at ${toName(service)}`;
    offer(latencyZ(shift), NOTABLE.latency, `own time ${label} of ${where}`, formatMs(from), formatMs(to));
    const [rateBefore = '', rateAfter = ''] = [errors.before / before.spans, errors.after / after.spans].map(
      formatShare,
    );
    offer(errors.z, NOTABLE.proportion, `errors of ${where}`, rateBefore, rateAfter);
  }
  for (const { parent, child, perSpan, z } of comparison.fanOuts) {
    const calls = `calls of ${toName(child.operation)} per ${toName(parent.operation)}`;
    offer(Math.abs(z), NOTABLE.fanOut, calls, perSpan.before.toFixed(2), perSpan.after.toFixed(2));
  }
  return largest.size > 0 ? largest.reason : undefined;
}
