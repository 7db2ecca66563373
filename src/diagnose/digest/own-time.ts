import type { Span } from '../../domain/trace.ts';
import { type SpanForest, spanAt } from '../../traces/span-forest.ts';

/**
 * Own time of every span in microseconds: its duration minus the union of its children's intervals, clipped to itself.
 * A caller that merely waits has none, which is what keeps it from being suspected (self time as in TraceRCA and
 * MicroRank). 0 ≤ own ≤ duration, always.
 */
export function measureOwnTimes(forest: SpanForest): Float64Array {
  const own = new Float64Array(forest.spans.length);
  for (const [index, span] of forest.spans.entries()) {
    const children: Span[] = [];
    for (const child of forest.childrenOf(index)) {
      const candidate = spanAt(forest, child);
      if (isWaitedFor(span, candidate)) children.push(candidate);
    }
    own[index] = span.durationUs - coveredUs(span, children);
  }
  return own;
}

/**
 * Whether the parent waits for the child. Nobody waits for a consumer, for what a producer span leads to, or for what
 * begins once the parent is over. (Publishing itself is a child like any other: the caller does wait for the broker.)
 */
function isWaitedFor(parent: Span, child: Span): boolean {
  if (parent.kind === 'producer' || child.kind === 'consumer') return false;
  return child.startUs < parent.startUs + parent.durationUs;
}

function coveredUs(parent: Span, children: Span[]): number {
  if (children.length > 1) children.sort((a, b) => a.startUs - b.startUs);
  const parentEnd = parent.startUs + parent.durationUs;
  let covered = 0;
  let reached = parent.startUs;
  for (const child of children) {
    const from = Math.max(child.startUs, reached);
    const to = Math.min(child.startUs + child.durationUs, parentEnd);
    if (to <= from) continue;
    covered += to - from;
    reached = to;
  }
  return Math.min(covered, parent.durationUs);
}
