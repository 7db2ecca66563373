import type { EdgeChange } from './compare.ts';

/** A slower edge, and which of its two ends it is charged to. */
export interface GapBlame {
  readonly service: string;
  readonly edge: EdgeChange;
}

/** The cover looks at every edge for every service it takes: the slowest are covered, the others stay with their callees. */
const MAX_COVERED = 500;

interface Neighbourhood {
  readonly all: Set<string>;
  readonly slow: Set<string>;
}

/**
 * An edge has two ends, and the wire, the queue and the scheduler of either may be what slows it. The service that most
 * slow edges have in common, and least fast ones, takes its edges; then the same again for what is left (a greedy set
 * cover). A single slow edge goes to the called side: its caller usually calls others as fast as ever.
 * (The client–server gap as evidence of network faults: see the baselines of trace-faults; the cover is our own.)
 */
export function blameGaps(
  edges: readonly EdgeChange[],
  isSlow: (edge: EdgeChange) => boolean,
  /** Of too few calls to be sure of by itself; beside a slow one it still says which end they share. */
  seemsSlow: (edge: EdgeChange) => boolean = isSlow,
): GapBlame[] {
  const slow = edges.filter(isSlow).sort((a, b) => b.addedMsPerTrace - a.addedMsPerTrace);
  const neighbourhoods = slow.length === 0 ? new Map() : mapNeighbours(edges, new Set(edges.filter(seemsSlow)));
  const blames: GapBlame[] = [];
  let left: readonly EdgeChange[] = slow.slice(0, MAX_COVERED);
  while (left.length > 0) {
    const service = findCommonEnd(left, neighbourhoods);
    const taken = left.filter((edge) => edge.caller === service || edge.callee === service);
    blames.push(...taken.map((edge) => ({ service, edge })));
    left = left.filter((edge) => edge.caller !== service && edge.callee !== service);
  }
  return [...blames, ...slow.slice(MAX_COVERED).map((edge) => ({ service: edge.callee, edge }))];
}

function mapNeighbours(edges: readonly EdgeChange[], slow: ReadonlySet<EdgeChange>): Map<string, Neighbourhood> {
  const neighbourhoods = new Map<string, Neighbourhood>();
  for (const edge of edges) {
    for (const service of [edge.caller, edge.callee]) {
      const neighbourhood = neighbourhoods.get(service) ?? { all: new Set(), slow: new Set() };
      neighbourhoods.set(service, neighbourhood);
      const pair = `${edge.caller}\u0000${edge.callee}`;
      neighbourhood.all.add(pair);
      if (slow.has(edge)) neighbourhood.slow.add(pair);
    }
  }
  return neighbourhoods;
}

/** The end with the most added time, weighed by the share of its edges that are slow. Ties go to the called side. */
function findCommonEnd(left: readonly EdgeChange[], neighbourhoods: ReadonlyMap<string, Neighbourhood>): string {
  const added = new Map<string, number>();
  const callees = new Set(left.map((edge) => edge.callee));
  for (const edge of left) {
    for (const end of [edge.caller, edge.callee]) added.set(end, (added.get(end) ?? 0) + edge.addedMsPerTrace);
  }
  let best = { service: left[0]?.callee ?? '', weight: -1 };
  for (const [service, ms] of added) {
    const { all, slow } = neighbourhoods.get(service) ?? { all: new Set(), slow: new Set() };
    const weight = ms * (slow.size / Math.max(all.size, 1)) * (callees.has(service) ? 1.000001 : 1);
    if (weight > best.weight) best = { service, weight };
  }
  return best.service;
}
