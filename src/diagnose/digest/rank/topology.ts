import type { ServiceGraph } from '../../../domain/topology.ts';
import type { SeenCall } from '../../../domain/trace-analysis.ts';
import type { RankedService } from './ranked-service.ts';

/** Farther than this says nothing: nearly everything is so near. */
const MAX_HOPS = 4;

export interface TopologyQuestion {
  readonly services: readonly string[];
  readonly calls: readonly SeenCall[];
  readonly graph?: ServiceGraph | undefined;
  readonly alertingServices: readonly string[];
}

/**
 * How near below the alerting services a suspect is, along calls seen in spans or declared: 1 / (1 + hops). Causes lie
 * downstream of symptoms, so nothing above or beside is named. Breadth first, each service once: safe on cycles.
 */
export function rankByTopology({ services, calls, graph, alertingServices }: TopologyQuestion): RankedService[] {
  const hops = countHops(alertingServices, listCallees(calls), graph);
  return services
    .flatMap((service) => {
      const distance = hops.get(service);
      return distance === undefined ? [] : [{ service, score: 1 / (1 + distance) }];
    })
    .sort((a, b) => b.score - a.score);
}

function listCallees(calls: readonly SeenCall[]): Map<string, string[]> {
  const callees = new Map<string, string[]>();
  for (const { from, to } of calls) {
    const known = callees.get(from);
    if (known) known.push(to);
    else callees.set(from, [to]);
  }
  return callees;
}

function countHops(
  starts: readonly string[],
  seen: ReadonlyMap<string, readonly string[]>,
  graph: ServiceGraph | undefined,
): Map<string, number> {
  const hops = new Map(starts.map((service) => [service, 0]));
  // A map goes on with what is added while it is walked: the queue of the search.
  for (const [service, distance] of hops) {
    if (distance === MAX_HOPS) continue;
    for (const next of [...(seen.get(service) ?? []), ...(graph?.downstream.get(service) ?? [])]) {
      if (!hops.has(next)) hops.set(next, distance + 1);
    }
  }
  return hops;
}
