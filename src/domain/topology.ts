import { z } from 'zod';
import { SourceRef } from './source.ts';

/** How an edge is known, the most trusted first: said by people, then measured. */
export const EdgeOrigin = z.enum(['declared', 'backstage', 'traces', 'jaeger', 'zipkin']);
export type EdgeOrigin = z.infer<typeof EdgeOrigin>;

/** One file that knows of an edge, and how often it saw the call. */
export const EdgeProvenance = z.object({
  by: EdgeOrigin,
  source: SourceRef.pick({ path: true, line: true }),
  calls: z.number().min(0).optional(),
});
export type EdgeProvenance = Readonly<z.infer<typeof EdgeProvenance>>;

export const Dependency = z.object({
  service: z.string().min(1),
  kind: z.enum(['sync', 'async', 'data']).default('sync'),
  /** Most trusted first; absent in what an older version published. */
  provenance: z.array(EdgeProvenance).optional(),
});
export type Dependency = Readonly<z.infer<typeof Dependency>>;

export const ServiceNode = z.object({
  name: z.string().min(1),
  description: z.string().optional(),
  owner: z.string().optional(),
  tier: z.union([z.string(), z.number()]).transform(String).optional(),
  dependsOn: z.array(Dependency).default([]),
});
export type ServiceNode = Readonly<z.infer<typeof ServiceNode>>;

/** `topology/<system>.yaml`. */
export const Topology = z.object({ system: z.string().min(1), services: z.array(ServiceNode) });
export type Topology = Readonly<z.infer<typeof Topology>>;

/** Who calls whom, over all systems. `upstream` calls `downstream`. */
export interface ServiceGraph {
  readonly services: ReadonlyMap<string, ServiceNode>;
  readonly downstream: ReadonlyMap<string, ReadonlySet<string>>;
  readonly upstream: ReadonlyMap<string, ReadonlySet<string>>;
}

export function buildServiceGraph(nodes: Iterable<ServiceNode>): ServiceGraph {
  const services = new Map<string, ServiceNode>();
  const downstream = new Map<string, Set<string>>();
  const upstream = new Map<string, Set<string>>();
  const add = (edges: Map<string, Set<string>>, from: string, to: string) => {
    const known = edges.get(from);
    if (known) known.add(to);
    else edges.set(from, new Set([to]));
  };
  for (const node of nodes) {
    services.set(node.name, node);
    for (const { service } of node.dependsOn) {
      add(downstream, node.name, service);
      add(upstream, service, node.name);
    }
  }
  return { services, downstream, upstream };
}

export function hasEdge(graph: ServiceGraph, from: string, to: string): boolean {
  return graph.downstream.get(from)?.has(to) ?? false;
}

/** The services that `service` calls or that call it. */
export function listNeighbours(graph: ServiceGraph, service: string): string[] {
  return [...(graph.downstream.get(service) ?? []), ...(graph.upstream.get(service) ?? [])];
}

/** A service that most others touch (a telemetry collector, a broker) says nothing about who depends on whom. */
export function isHub(graph: ServiceGraph, service: string): boolean {
  return listNeighbours(graph, service).length > Math.max(4, graph.services.size / 2);
}

/**
 * Every service within `limit` calls of one, whichever side calls, with its distance; 0 for itself. No path leads through a
 * hub, or everything would be near everything.
 */
export function hopsFrom(graph: ServiceGraph, service: string, limit = 2): Map<string, number> {
  const hops = new Map([[service, 0]]);
  let frontier = [service];
  for (let distance = 1; distance <= limit; distance++) {
    frontier = frontier
      .filter((name) => name === service || !isHub(graph, name))
      .flatMap((name) => listNeighbours(graph, name))
      .filter((name) => !hops.has(name));
    for (const name of frontier) hops.set(name, distance);
  }
  return hops;
}

/** Calls between two services: 0 for the same one, undefined beyond `limit` hops. */
export function hopsBetween(graph: ServiceGraph, a: string, b: string, limit = 2): number | undefined {
  return hopsFrom(graph, a, limit).get(b);
}
