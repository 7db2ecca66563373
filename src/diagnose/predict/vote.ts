import type { TraceDigest } from '../../domain/trace.ts';
import type { Evidence, RankedIncident } from '../evidence.ts';

/** Neighbours that vote, and how fast a weaker one loses its say: votes are scores to this power. */
const VOTERS = 8;
const SHARPNESS = 3;

/** A cause whose service the traces suspect counts up to twice; one that they clear counts less, never nothing. */
const TRACE_SUPPORT = { suspected: 2, cleared: 0.5 } as const;

/** (category, service) as one explanation of what happens, with the precedents that speak for it. */
export interface Candidate {
  readonly category: string;
  readonly service: string | null;
  readonly members: readonly RankedIncident[];
  /** The member that speaks loudest. */
  readonly best: RankedIncident;
  /** Share of all votes, 0..1. */
  readonly support: number;
}

/**
 * Each precedent votes for its own (category, service) with its score; the traces then weigh the service. Incidents
 * that name no category cannot vote, nor can those whose cause was found to be wrong (`supersededBy`). Best supported first.
 */
export function voteForCause(evidence: Pick<Evidence, 'precedents' | 'digest'>): Candidate[] {
  const groups = new Map<string, { vote: number; members: RankedIncident[] }>();
  for (const ranked of evidence.precedents.slice(0, VOTERS)) {
    const { category, rootCause, supersededBy } = ranked.incident;
    if (category === undefined || supersededBy !== undefined) continue;
    const key = JSON.stringify([category, rootCause?.service ?? null]);
    const group = groups.get(key) ?? { vote: 0, members: [] };
    group.vote += ranked.score ** SHARPNESS * traceSupport(rootCause?.service, evidence.digest);
    group.members.push(ranked);
    groups.set(key, group);
  }
  const total = [...groups.values()].reduce((sum, group) => sum + group.vote, 0);
  return [...groups.values()]
    .flatMap(({ vote, members }) => toCandidate(members, total === 0 ? 0 : vote / total))
    .sort((a, b) => b.support - a.support || b.best.score - a.best.score);
}

function toCandidate(members: readonly RankedIncident[], support: number): Candidate[] {
  const [best] = members;
  const category = best?.incident.category;
  if (!best || category === undefined) return [];
  return [{ category, service: best.incident.rootCause?.service ?? null, members, best, support }];
}

/** How the traces speak for a service: by the score of its suspicion, or against it when others are suspect. */
export function traceSupport(service: string | undefined, digest: TraceDigest | undefined): number {
  if (!digest || digest.suspects.length === 0 || service === undefined) return 1;
  const suspicion = Math.max(
    0,
    ...digest.suspects.filter((suspect) => suspect.service === service).map(({ score }) => score),
  );
  const { suspected, cleared } = TRACE_SUPPORT;
  return cleared + (suspected - cleared) * suspicion;
}
