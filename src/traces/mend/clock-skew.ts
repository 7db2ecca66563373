import type { Span } from '../domain/trace.ts';
import type { CountRepair } from './mend.ts';
import { buildForest, type SpanForest, spanAt } from './span-forest.ts';

/**
 * Two hosts, two clocks. A callee that seems to start before its caller, or a server outside the client span that waits
 * for it, is moved into the middle of its caller, and everything below it on the same service moves along: the delay on
 * the way there and back is taken to be equal. (After Jaeger's clock skew adjuster; ours leaves alone what plainly ran
 * on after the caller had gone.) Durations never change.
 */
export function alignClocks(spans: readonly Span[], count: CountRepair): Span[] {
  const forest = buildForest(spans);
  const shifts = new Float64Array(spans.length);
  const aligned = [...spans];
  for (const index of parentsFirst(forest)) {
    const parentIndex = forest.parents[index] ?? -1;
    if (parentIndex < 0) continue;
    const span = spanAt(forest, index);
    const parent = spanAt(forest, parentIndex);
    const parentShift = shifts[parentIndex] ?? 0;
    const own = parent.service === span.service ? undefined : findShift(parent, parentShift, span);
    if (own !== undefined) count('clock-skew');
    const shift = own ?? (parent.service === span.service ? parentShift : 0);
    shifts[index] = shift;
    if (shift !== 0) aligned[index] = { ...span, startUs: span.startUs + shift };
  }
  return aligned;
}

/** How far the clock of `child`'s host must be turned, or undefined when the two can be true as they are. */
function findShift(parent: Span, parentShift: number, child: Span): number | undefined {
  if (isAsync(parent, child)) return undefined;
  const parentStart = parent.startUs + parentShift;
  const room = parent.durationUs - child.durationUs;
  const isWaitedFor = parent.kind === 'client' && child.kind === 'server';
  const isEarly = child.startUs < parentStart;
  const isLate = isWaitedFor && room >= 0 && child.startUs + child.durationUs > parentStart + parent.durationUs;
  if (!isEarly && !isLate) return undefined;
  return parentStart + Math.max(room, 0) / 2 - child.startUs;
}

function isAsync(parent: Span, child: Span): boolean {
  return parent.kind === 'producer' || child.kind === 'consumer';
}

function parentsFirst(forest: SpanForest): number[] {
  const order: number[] = [];
  for (const [index, parent] of forest.parents.entries()) if (parent < 0) order.push(index);
  for (let next = 0; next < order.length; next++) {
    for (const child of forest.childrenOf(order[next] ?? 0)) order.push(child);
  }
  return order;
}
