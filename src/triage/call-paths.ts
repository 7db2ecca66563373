import { isHub, type ServiceGraph } from '../domain/topology.ts';

/** A fault is seen this many calls up: behind that, something nearer is to blame, or retries and queues have taken it in. */
export const MAX_CALLS = 4;

/**
 * Every service that one can get to from `sources` by calls in one direction, with the fewest calls there; 0 for the sources.
 * No path leads through a hub: everything would be behind it.
 */
export function followCalls(
  graph: ServiceGraph,
  direction: 'downstream' | 'upstream',
  sources: Iterable<string>,
  limit = MAX_CALLS,
): Map<string, number> {
  const calls = new Map([...sources].map((service) => [service, 0]));
  let frontier = [...calls.keys()];
  for (let distance = 1; distance <= limit && frontier.length > 0; distance++) {
    frontier = frontier
      .filter((service) => distance === 1 || !isHub(graph, service))
      .flatMap((service) => [...(graph[direction].get(service) ?? [])])
      .filter((service) => !calls.has(service));
    for (const service of frontier) calls.set(service, distance);
  }
  return calls;
}
