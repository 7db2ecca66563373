import type { Incident, KnowledgeDocument } from '../../domain/document.ts';
import type { RankedIncident } from '../evidence.ts';

/** What a cause that only drafts tell of may have of the say of the best one that was reviewed. */
const DRAFT_SHARE = 0.5;
/** With nothing reviewed to compare it with, it is a lead and no more. */
const DRAFT_ALONE = 0.25;

/** Nobody reviewed a draft: anyone who can have one stored could otherwise say what a cause is. */
export function isVerified({ status }: Pick<KnowledgeDocument, 'status'>): boolean {
  return status !== 'draft';
}

/**
 * A draft stands above what was reviewed only when a reviewed precedent of the same cause is there, too; alone it
 * follows the first reviewed one. The order is else as it was, and so are scores, but that none rises down the list.
 */
export function verifiedFirst(precedents: readonly RankedIncident[]): readonly RankedIncident[] {
  const isBacked = ({ incident }: RankedIncident) =>
    isVerified(incident) || precedents.some(({ incident: other }) => isVerified(other) && isSameCause(incident, other));
  const first = precedents.findIndex(({ incident }) => isVerified(incident));
  const early = precedents.slice(0, Math.max(0, first)).filter((ranked) => !isBacked(ranked));
  const lead = precedents[first];
  if (lead === undefined || early.length === 0) return precedents;
  const held = new Set(early);
  const demoted = early.map((ranked) => ({ ...ranked, score: Math.min(ranked.score, lead.score) }));
  const before = precedents.slice(0, first + 1).filter((ranked) => !held.has(ranked));
  return [...before, ...demoted, ...precedents.slice(first + 1)];
}

function isSameCause(one: Incident, other: Incident): boolean {
  const same = (a?: string, b?: string) => a !== undefined && a.toLowerCase() === b?.toLowerCase();
  return same(one.category, other.category) && same(one.rootCause?.service, other.rootCause?.service);
}

/** Drafts say at most as much as what was reviewed of the same cause: many of them make no weak precedent strong. */
export function boundDrafts(vote: number, drafts = 0): number {
  const reviewed = vote - drafts;
  return reviewed > 0 ? reviewed + Math.min(drafts, reviewed) : vote;
}

interface Supported {
  readonly members: readonly RankedIncident[];
  readonly support: number;
}

/** True for an explanation that drafts alone tell of. */
export function isUnverified({ members }: Pick<Supported, 'members'>): boolean {
  return !members.some(({ incident }) => isVerified(incident));
}

/** Explanations with the say of those that nobody reviewed cut, so that none of them leads; best supported first. */
export function capUnverified<T extends Supported>(candidates: readonly T[]): T[] {
  if (!candidates.some(isUnverified)) return [...candidates];
  const verified = candidates.filter((candidate) => !isUnverified(candidate));
  const best = Math.max(0, ...verified.map(({ support }) => support));
  const cap = verified.length === 0 ? DRAFT_ALONE : best * DRAFT_SHARE;
  const drafts = candidates.filter(isUnverified).map((candidate) => ({
    ...candidate,
    support: Math.min(candidate.support, cap),
  }));
  return [...verified, ...drafts].sort((a, b) => b.support - a.support);
}
