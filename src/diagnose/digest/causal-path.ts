import { hasEdge, type ServiceGraph } from '../../domain/topology.ts';
import type { CausalEdge } from '../../domain/trace.ts';
import type { SeenCall, TraceAnalysis } from '../../domain/trace-analysis.ts';

type CallGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** Among equally short ways the cheapest: along calls that carry the symptom, then along any seen, then along declared ones. */
const COST = { carrying: 0, seen: 1, declared: 2 } as const;

export function buildCallGraph(calls: readonly SeenCall[]): CallGraph {
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of calls) {
    const callees = graph.get(from);
    if (callees) callees.add(to);
    else graph.set(from, new Set([to]));
  }
  return graph;
}

export interface PathOptions {
  readonly graph?: ServiceGraph | undefined;
  readonly alertingServices?: readonly string[] | undefined;
}

/**
 * From where the symptom shows to the culprit: the shortest way along calls, first among those seen in spans, then with
 * the topology's help. The symptom shows at the alerting service, unless that is the culprit itself or no way leads from
 * it; then at where requests enter. Without any way a single edge says so: `unverified`.
 */
export function findCausalPath(
  culprit: string,
  { calls, entries }: Pick<TraceAnalysis, 'calls' | 'entries'>,
  { graph, alertingServices = [] }: PathOptions = {},
): CausalEdge[] {
  const callersOf = reverse(calls);
  const startsAt = (services: readonly string[]) => [...new Set(services)].filter((service) => service !== culprit);
  const [alerting, entering] = [startsAt(alertingServices), startsAt(entries)];
  const declared = (service: string) => [
    ...(callersOf.get(service) ?? []),
    ...[...(graph?.upstream.get(service) ?? [])].map((caller) => ({ service: caller, cost: COST.declared })),
  ];
  const seen = (service: string) => callersOf.get(service) ?? [];
  for (const callers of graph ? [seen, declared] : [seen]) {
    const ways = findWays(culprit, callers);
    const start = alerting.find((service) => ways.has(service)) ?? findCheapest(entering, ways);
    if (start !== undefined) return toEdges(followWay(start, ways), buildCallGraph(calls), graph);
  }
  const start = alerting[0] ?? entering[0];
  // An entry that is the culprit has nobody above it; a symptom elsewhere does need a way.
  const isEntry = alertingServices.length === 0 || alertingServices.includes(culprit);
  if (start === undefined || (isEntry && entries.includes(culprit))) return [];
  return [{ from: start, to: culprit, verified: 'unverified' }];
}

interface Caller {
  readonly service: string;
  readonly cost: number;
}

function reverse(calls: readonly SeenCall[]): Map<string, Caller[]> {
  const callersOf = new Map<string, Caller[]>();
  for (const { from, to, carries } of calls) {
    const caller = { service: from, cost: carries ? COST.carrying : COST.seen };
    const known = callersOf.get(to);
    if (known) known.push(caller);
    else callersOf.set(to, [caller]);
  }
  return callersOf;
}

interface Way {
  readonly next: string | undefined;
  readonly length: number;
  readonly cost: number;
}

/**
 * The best way to the culprit from everywhere at once: breadth first, upwards, so every call is looked at once however dense
 * they are. A map hands out what is added while it is walked, and by then no cheaper way of the same length can come.
 */
function findWays(culprit: string, callersOf: (service: string) => Iterable<Caller>): Map<string, Way> {
  const ways = new Map<string, Way>([[culprit, { next: undefined, length: 0, cost: 0 }]]);
  for (const [service, way] of ways) {
    for (const caller of callersOf(service)) {
      const offer = { next: service, length: way.length + 1, cost: way.cost + caller.cost };
      const known = ways.get(caller.service);
      if (!known || (known.length === offer.length && offer.cost < known.cost)) ways.set(caller.service, offer);
    }
  }
  return ways;
}

/** Of the services where requests enter, the one from which most of the way carries the symptom; the busier wins a tie. */
function findCheapest(starts: readonly string[], ways: ReadonlyMap<string, Way>): string | undefined {
  let best: { readonly start: string; readonly cost: number } | undefined;
  for (const start of starts) {
    const way = ways.get(start);
    if (way && (!best || way.cost < best.cost)) best = { start, cost: way.cost };
  }
  return best?.start;
}

function followWay(start: string, ways: ReadonlyMap<string, Way>): string[] {
  const path: string[] = [];
  for (let at: string | undefined = start; at !== undefined; at = ways.get(at)?.next) path.push(at);
  return path;
}

function toEdges(path: readonly string[], calls: CallGraph, graph: ServiceGraph | undefined): CausalEdge[] {
  return path.slice(1).map((to, index) => {
    const from = path[index] ?? to;
    if (calls.get(from)?.has(to)) return { from, to, verified: 'span' };
    return { from, to, verified: graph && hasEdge(graph, from, to) ? 'topology' : 'unverified' };
  });
}
