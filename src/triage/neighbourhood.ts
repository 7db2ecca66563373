import { toName } from '../domain/plain-name.ts';
import { hasEdge, hopsFrom, isHub, listNeighbours, type ServiceGraph } from '../domain/topology.ts';

/** Further calls away, what alerts at the same time is chance: in most systems everything is within three or four of everything. */
export const MAX_HOPS = 2;

/** Which services are near to one, worked out once for each. */
export interface Neighbourhood {
  /** Every service within `MAX_HOPS` calls, whichever side calls, with its distance; 0 for itself. */
  readonly near: (service: string) => ReadonlyMap<string, number>;
  /** How two services within that distance are related, in words. */
  readonly describe: (service: string, other: string) => string;
}

export function createNeighbourhood(graph: ServiceGraph): Neighbourhood {
  const known = new Map<string, ReadonlyMap<string, number>>();
  const told = new Map<string, string>();
  const near = (service: string) => {
    const found = known.get(service) ?? listNear(graph, service);
    known.set(service, found);
    return found;
  };
  return {
    near,
    describe: (service, other) => {
      const pair = JSON.stringify([service, other]);
      const text = told.get(pair) ?? describePath(graph, service, other, near(service).get(other) ?? MAX_HOPS);
      told.set(pair, text);
      return text;
    },
  };
}

/** What most others touch is near to those that touch it and to nothing else: two calls from there is everywhere. */
function listNear(graph: ServiceGraph, service: string): ReadonlyMap<string, number> {
  if (isHub(graph, service)) return hopsFrom(graph, service, 1);
  return new Map([...hopsFrom(graph, service, MAX_HOPS)].filter(([name, hops]) => hops <= 1 || !isHub(graph, name)));
}

function describePath(graph: ServiceGraph, service: string, other: string, hops: number): string {
  const [a, b] = [toName(service), toName(other)];
  if (hops === 0) return `${a} alerts again`;
  if (hops === 1) return hasEdge(graph, service, other) ? `${a} calls ${b}` : `${b} calls ${a}`;
  const between = listNeighbours(graph, service).filter((name) => listNeighbours(graph, name).includes(other));
  const chain = (from: string, to: string) =>
    between.find((name) => hasEdge(graph, from, name) && hasEdge(graph, name, to));
  const down = chain(service, other);
  if (down !== undefined) return `2 calls away: ${a} → ${toName(down)} → ${b}`;
  const up = chain(other, service);
  if (up !== undefined) return `2 calls away: ${b} → ${toName(up)} → ${a}`;
  return describeSiblings(graph, service, between[0], [a, b]);
}

function describeSiblings(
  graph: ServiceGraph,
  service: string,
  between: string | undefined,
  [a, b]: readonly [string, string],
): string {
  if (between === undefined) return `${a} and ${b} are 2 calls apart`;
  const middle = toName(between);
  return hasEdge(graph, service, between) ? `${a} and ${b} both call ${middle}` : `${middle} calls both ${a} and ${b}`;
}
