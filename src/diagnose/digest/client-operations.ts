import type { Span } from '../../domain/trace.ts';
import { type SpanForest, spanAt } from '../../traces/span-forest.ts';

/** One operation of one service, as a key of maps. */
export type OperationKey = string;

export interface OperationName {
  readonly service: string;
  readonly operation: string;
}

export function toOperationKey(at: OperationName): OperationKey {
  return `${at.service}\u0000${at.operation}`;
}

/** The service that each client operation calls: whose side of the edge its gap is charged to. */
export type ClientOperations = ReadonlyMap<OperationKey, string>;

interface Tally {
  spans: number;
  clients: number;
  readonly callees: Map<string, number>;
  /** Whom the spans say they call. */
  readonly peers: Map<string, number>;
}

/** A message has a way as a call has one. */
const CALLING: ReadonlySet<Span['kind']> = new Set(['client', 'producer']);

/**
 * Which operations are the calling half of a call. `kind: client` or `producer` says so; without kinds the shape does: a span inside
 * its service whose children all belong to another service. Decided by majority over both windows, because in the
 * incident the other half may be what is missing.
 */
export function findClientOperations(forests: readonly SpanForest[]): ClientOperations {
  const tallies = new Map<OperationKey, Tally>();
  for (const forest of forests) tallyForest(forest, tallies);
  const clients = new Map<OperationKey, string>();
  for (const [key, tally] of tallies) {
    // A callee that was ever heard of goes by its own name; of one that sends no spans, such as a database, a name is all.
    const [callee] = [...(tally.callees.size > 0 ? tally.callees : tally.peers)].sort((a, b) => b[1] - a[1]);
    if (callee && tally.clients * 2 > tally.spans) clients.set(key, callee[0]);
  }
  return clients;
}

function tallyForest(forest: SpanForest, tallies: Map<OperationKey, Tally>): void {
  for (const [index, span] of forest.spans.entries()) {
    const callee = calleeOf(forest, index);
    const isClient = CALLING.has(span.kind) || (callee !== undefined && isInside(forest, index));
    // An internal span without children or parent may be half a call whose other half was lost: it has no vote.
    if (!isClient && span.kind === 'internal' && isFragment(forest, index)) continue;
    const key = toOperationKey(span);
    const tally = tallies.get(key) ?? { spans: 0, clients: 0, callees: new Map(), peers: new Map() };
    tallies.set(key, tally);
    tally.spans++;
    if (isClient) tally.clients++;
    if (isClient && callee) tally.callees.set(callee, (tally.callees.get(callee) ?? 0) + 1);
    else if (isClient && span.peer) tally.peers.set(span.peer.service, (tally.peers.get(span.peer.service) ?? 0) + 1);
  }
}

/** The service of all children, when there are some and none is the span's own. */
export function calleeOf(forest: SpanForest, index: number): string | undefined {
  const own = spanAt(forest, index).service;
  let callee: string | undefined;
  for (const child of forest.childrenOf(index)) {
    const { service } = spanAt(forest, child);
    if (service === own) return undefined;
    callee ??= service;
  }
  return callee;
}

function isFragment(forest: SpanForest, index: number): boolean {
  return (forest.parents[index] ?? -1) < 0 || forest.childrenOf(index).length === 0;
}

function isInside(forest: SpanForest, index: number): boolean {
  const span = spanAt(forest, index);
  const parent = forest.parents[index] ?? -1;
  return span.kind === 'internal' && parent >= 0 && spanAt(forest, parent).service === span.service;
}
