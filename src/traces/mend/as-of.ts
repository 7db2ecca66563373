import type { ParsedTraces } from '../../domain/trace.ts';
import { indexSpans } from './span-index.ts';

/**
 * What was known of a window at a moment: spans that had not ended by then are left out and counted as `after-as-of`.
 * A span whose parent was still going on stands as a root; it had ended, and that is known.
 */
export function cutAt(traces: ParsedTraces, asOf: Date): ParsedTraces {
  const endUs = asOf.getTime() * 1000;
  const known = traces.spans.filter((span) => span.startUs + span.durationUs <= endUs);
  const left = traces.spans.length - known.length;
  if (left === 0) return traces;
  const index = indexSpans(known);
  const spans = known.map((span) => {
    if (span.parentId === undefined || index.find(span.traceId, span.parentId) >= 0) return span;
    const { parentId: _, ...root } = span;
    return root;
  });
  return { ...traces, spans, repairs: { ...traces.repairs, 'after-as-of': left } };
}
