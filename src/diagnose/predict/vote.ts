import type { TraceDigest } from '../../domain/trace.ts';
import type { Backer } from '../causes/causes.ts';
import type { Reason } from '../causes/model.ts';
import type { Evidence, RankedIncident } from '../evidence.ts';
import { boundDrafts, capUnverified, isVerified } from './unverified.ts';

/** Neighbours that vote, and how fast a weaker one loses its say: votes are scores to this power. */
const VOTERS = 8;
const SHARPNESS = 3;

/** A cause whose service the traces suspect counts up to twice; one that they clear counts less, never nothing. */
const TRACE_SUPPORT = { suspected: 2, cleared: 0.5 } as const;

/**
 * The model's part of the say, where there are signals that it knows; precedents have the rest, for they were found by
 * words, too. Measured on two systems with 5 to 160 past incidents, more is better without words, and three quarters
 * nearly as good as all.
 */
export const MODEL_SHARE = 0.75;

/** (category, service) as one explanation of what happens, with the precedents that speak for it. */
export interface Candidate {
  readonly category: string;
  readonly service: string | null;
  readonly members: readonly RankedIncident[];
  /** The member that speaks loudest, of those that were reviewed when there are any. */
  readonly best: RankedIncident;
  /** Share of all votes, 0..1. */
  readonly support: number;
  /** What its signals say for it, loudest first; empty where precedents alone speak. */
  readonly reasons: readonly Reason[];
  /** The service on which its precedents were, when they were on another. */
  readonly seenAt?: string;
}

type Ballot = Omit<Candidate, 'support' | 'best'> & { readonly vote: number };

/**
 * Two voices: precedents, each for its own (category, service) with its score, and what the history taught about the
 * signals. The traces weigh the service in both. Incidents that name no category cannot vote, nor can those whose cause
 * was found to be wrong (`supersededBy`). What drafts alone tell of never leads. Best supported first; nothing without a
 * precedent of its category.
 */
export function voteForCause(evidence: Pick<Evidence, 'precedents' | 'digest' | 'causes'>): Candidate[] {
  const neighbours = toShares(voteByPrecedents(evidence));
  const learnt = toShares(voteByModel(evidence));
  const share = learnt.size === 0 ? 0 : neighbours.size === 0 ? 1 : MODEL_SHARE;
  const candidates = [...new Set([...neighbours.keys(), ...learnt.keys()])]
    .flatMap((key) => toCandidate(neighbours.get(key), learnt.get(key), share))
    .sort((a, b) => b.support - a.support || b.best.score - a.best.score);
  return capUnverified(candidates);
}

/** What precedents alone say, each for its own (category, service). */
export function voteByPrecedents({ precedents, digest }: Pick<Evidence, 'precedents' | 'digest'>): Map<string, Ballot> {
  const ballots = new Map<string, Ballot>();
  const drafts = new Map<string, number>();
  for (const ranked of precedents.slice(0, VOTERS)) {
    const { category, rootCause, supersededBy } = ranked.incident;
    if (category === undefined || supersededBy !== undefined) continue;
    const service = rootCause?.service ?? null;
    const key = JSON.stringify([category, service]);
    const { vote = 0, members = [] } = ballots.get(key) ?? {};
    const own = ranked.score ** SHARPNESS * traceSupport(rootCause?.service, digest);
    if (!isVerified(ranked.incident)) drafts.set(key, (drafts.get(key) ?? 0) + own);
    ballots.set(key, { category, service, vote: vote + own, members: [...members, ranked], reasons: [] });
  }
  return new Map(
    [...ballots].map(([key, ballot]) => [key, { ...ballot, vote: boundDrafts(ballot.vote, drafts.get(key)) }]),
  );
}

function voteByModel({ causes = [], digest }: Pick<Evidence, 'causes' | 'digest'>): Map<string, Ballot> {
  return new Map(
    causes.map(({ category, service, chance, backers, reasons }) => {
      const members = backers.map((backer) => toRanked(backer, chance));
      const seenAt = backers[0]?.incident.rootCause?.service;
      const elsewhere = seenAt === undefined || seenAt === service ? {} : { seenAt };
      const vote = chance * traceSupport(service, digest);
      return [JSON.stringify([category, service]), { category, service, vote, members, reasons, ...elsewhere }];
    }),
  );
}

/** Its likeness is that of the part the service played; what it is worth as a precedent is the chance of its cause. */
export function toRanked({ incident, likeness }: Backer, chance: number): RankedIncident {
  return { incident, score: chance, relevance: chance, similarity: likeness, scores: {}, alike: [] };
}

function toShares(ballots: ReadonlyMap<string, Ballot>): Map<string, Ballot> {
  const total = [...ballots.values()].reduce((sum, { vote }) => sum + vote, 0);
  return new Map(
    [...ballots].map(([key, ballot]) => [key, { ...ballot, vote: total === 0 ? 0 : ballot.vote / total }]),
  );
}

function toCandidate(neighbours: Ballot | undefined, learnt: Ballot | undefined, share: number): Candidate[] {
  const ballot = neighbours ?? learnt;
  const found = neighbours?.members ?? [];
  const known = new Set(found.map(({ incident }) => incident.id));
  const members = [...found, ...(learnt?.members ?? []).filter(({ incident }) => !known.has(incident.id))];
  const best = members.find(({ incident }) => isVerified(incident)) ?? members[0];
  if (!ballot || !best) return [];
  const support = (1 - share) * (neighbours?.vote ?? 0) + share * (learnt?.vote ?? 0);
  const { category, service } = ballot;
  const seenAt = neighbours ? undefined : learnt?.seenAt;
  return [{ category, service, members, best, support, reasons: learnt?.reasons ?? [], ...(seenAt ? { seenAt } : {}) }];
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
