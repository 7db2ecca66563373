import type { Dependency } from '../../src/domain/topology.ts';
import type { Span } from '../../src/domain/trace.ts';
import { parseTraces } from '../../src/traces/parse.ts';
import { buildForest, type SpanForest } from '../../src/traces/span-forest.ts';
import { createCallTally, isNameless } from './call-tally.ts';
import { NO_FACTS, type TopologyFacts } from './fragment.ts';

/** Who called whom in some traces. A file is bounded by its size, so the spans of a window need no bound here. */
export function readTraces(body: unknown): TopologyFacts {
  const { spans } = parseTraces(body, Number.POSITIVE_INFINITY);
  const names = new Set(spans.map((span) => span.service).filter((service) => !isNameless(service)));
  const services = [...names].sort().map((name) => ({ by: 'traces' as const, name, line: 1, endLine: 1 }));
  return { ...NO_FACTS, services, edges: tallyCalls(buildForest(spans)) };
}

function tallyCalls(forest: SpanForest): TopologyFacts['edges'] {
  const tally = createCallTally('traces');
  const answered = new Set<number>();
  for (const [index, span] of forest.spans.entries()) {
    const parentIndex = forest.parents[index] ?? -1;
    const parent = forest.spans[parentIndex];
    if (!parent || parent.service === span.service) continue;
    answered.add(parentIndex);
    tally.add(parent.service, span.service, kindOf(parent, span), 1);
  }
  for (const [index, { service, kind, peer }] of forest.spans.entries()) {
    // A callee with spans of its own is known by its own name; what its caller calls it would be a second one.
    if (!peer || answered.has(index)) continue;
    tally.add(service, peer.service, peer.isData ? 'data' : kind === 'producer' ? 'async' : 'sync', 1);
  }
  return tally.list();
}

function kindOf(parent: Span, child: Span): Dependency['kind'] {
  return parent.kind === 'producer' || child.kind === 'consumer' ? 'async' : 'sync';
}
