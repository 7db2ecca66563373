import type { ServiceGraph } from '../../domain/topology.ts';
import type { TraceDigest } from '../../domain/trace.ts';
import type { Evidence } from '../evidence.ts';
import { isUnverified } from './unverified.ts';
import type { Candidate } from './vote.ts';

/** What is nearly as suspect as the strongest suspect, whose score is 1. */
const NEAR = 0.7;
/** An explanation with less of the say has precedents, but hardly speaks. */
const MIN_SUPPORT = 0.05;
const MAX_CONTRIBUTING = 2;

/**
 * Culprits beside the first: services that the traces suspect about as much, whose trouble no call explains by the
 * first's, and of which precedents tell a cause of their own. Where the calls are not known, nobody can say so.
 */
export function findContributing(candidates: readonly Candidate[], { digest, graph }: Evidence): Candidate[] {
  const [first] = candidates;
  if (!first || first.service === null || !digest) return [];
  const culprits = [first.service];
  if (!isSuspect(first.service, digest)) return [];
  const contributing: Candidate[] = [];
  for (const { service } of digest.suspects.filter(({ score }) => score >= NEAR)) {
    if (contributing.length === MAX_CONTRIBUTING || !culprits.every((known) => isApart(service, known, digest, graph)))
      continue;
    const backed = candidates.find(
      (candidate) => candidate.service === service && candidate.support >= MIN_SUPPORT && !isUnverified(candidate),
    );
    if (!backed) continue;
    culprits.push(service);
    contributing.push(backed);
  }
  return contributing;
}

function isSuspect(service: string, { suspects }: TraceDigest): boolean {
  return suspects.some((suspect) => suspect.service === service && suspect.score >= NEAR);
}

/** Neither calls the other, over however many hops, and nothing suspect below both explains the two at once. */
function isApart(one: string, other: string, { causalPath, suspects }: TraceDigest, graph: ServiceGraph): boolean {
  if (one === other || !isKnown(one, graph) || !isKnown(other, graph)) return false;
  if (causalPath.some(({ from, to }) => from === one || to === one)) return false;
  const below = listBelow(one, graph);
  const belowOther = listBelow(other, graph);
  const isShared = suspects.some(({ service }) => below.has(service) && belowOther.has(service));
  return !below.has(other) && !belowOther.has(one) && !isShared;
}

function isKnown(service: string, { upstream, downstream }: ServiceGraph): boolean {
  return upstream.has(service) || downstream.has(service);
}

function listBelow(service: string, { downstream }: ServiceGraph): ReadonlySet<string> {
  const below = new Set<string>();
  const waiting = [service];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const callee of downstream.get(next) ?? []) {
      if (below.has(callee)) continue;
      below.add(callee);
      waiting.push(callee);
    }
  }
  return below;
}
