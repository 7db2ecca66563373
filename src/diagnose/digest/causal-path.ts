import { hasEdge, type ServiceGraph } from '../../domain/topology.ts';
import type { CausalEdge } from '../../domain/trace.ts';
import { type SpanForest, spanAt } from '../../traces/span-forest.ts';
import { listEntries } from './load.ts';

export type CallGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** Who calls whom, as the spans of the windows tell. */
export function buildCallGraph(forests: readonly SpanForest[]): CallGraph {
  const calls = new Map<string, Set<string>>();
  for (const { spans, parents } of forests) {
    for (const [index, span] of spans.entries()) {
      const parent = parents[index] ?? -1;
      const caller = parent >= 0 ? spanAt({ spans }, parent).service : span.service;
      if (caller === span.service) continue;
      const callees = calls.get(caller);
      if (callees) callees.add(span.service);
      else calls.set(caller, new Set([span.service]));
    }
  }
  return calls;
}

export interface PathOptions {
  readonly incident: SpanForest;
  readonly calls: CallGraph;
  readonly graph?: ServiceGraph | undefined;
  readonly alertingServices?: readonly string[] | undefined;
}

/**
 * From where the symptom shows to the culprit: the shortest way along calls, first among those seen in spans, then with
 * the topology's help. The symptom shows at the alerting service, unless that is the culprit itself or no way leads from
 * it; then at where requests enter. Without any way a single edge says so: `unverified`.
 */
export function findCausalPath(culprit: string, options: PathOptions): CausalEdge[] {
  const { calls, graph, incident, alertingServices = [] } = options;
  const entries = listEntries(incident).map((entry) => entry.service);
  const starts = [...new Set([...alertingServices, ...entries])].filter((service) => service !== culprit);
  const seen = (service: string) => calls.get(service) ?? [];
  const declared = (service: string) => [...seen(service), ...(graph?.downstream.get(service) ?? [])];
  for (const nextOf of graph ? [seen, declared] : [seen]) {
    for (const start of starts) {
      const path = findShortest(start, culprit, nextOf);
      if (path) return toEdges(path, calls, graph);
    }
  }
  const [start] = starts;
  // An entry that is the culprit has nobody above it; a symptom elsewhere does need a way.
  const isEntry = alertingServices.length === 0 || alertingServices.includes(culprit);
  if (start === undefined || (isEntry && entries.includes(culprit))) return [];
  return [{ from: start, to: culprit, verified: 'unverified' }];
}

/** Breadth first with a list as queue: linear, and safe on cycles. */
function findShortest(
  start: string,
  goal: string,
  nextOf: (service: string) => Iterable<string>,
): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[start, undefined]]);
  for (const service of cameFrom.keys()) {
    if (service === goal) return traceBack(goal, cameFrom);
    for (const next of nextOf(service)) if (!cameFrom.has(next)) cameFrom.set(next, service);
  }
  return undefined;
}

function traceBack(goal: string, cameFrom: ReadonlyMap<string, string | undefined>): string[] {
  const path: string[] = [];
  for (let at: string | undefined = goal; at !== undefined; at = cameFrom.get(at)) path.push(at);
  return path.reverse();
}

function toEdges(path: readonly string[], calls: CallGraph, graph: ServiceGraph | undefined): CausalEdge[] {
  return path.slice(1).map((to, index) => {
    const from = path[index] ?? to;
    if (calls.get(from)?.has(to)) return { from, to, verified: 'span' };
    return { from, to, verified: graph && hasEdge(graph, from, to) ? 'topology' : 'unverified' };
  });
}
