import { isVerified } from '../diagnose/predict/unverified.ts';
import type { Knowledge } from '../diagnose/retrieve/knowledge.ts';
import type { DocumentKind } from '../domain/document.ts';
import { findSuccessor } from './extract.ts';
import type { Facet } from './facets.ts';
import type { FoundSource } from './find-sources.ts';
import { shareHeld } from './named.ts';
import { holdsWayBack } from './quarries.ts';
import type { Understood } from './understand.ts';

/** As likely an answer as the best: less than half its chance is another story. */
const NEAR = 0.5;

const RUNBOOK_FIRST: ReadonlySet<Facet> = new Set(['did', 'check', 'undo', 'impact']);
const SERVICE_FIRST: ReadonlySet<Facet> = new Set(['owner', 'calls']);

/**
 * Who is asked first. Only documents about as relevant as the best of their kind may speak; among them, what was is asked of incidents
 * and what to do of runbooks, the last time of the latest. What nobody reviewed, and what was replaced, speaks last.
 */
export function orderSources(
  sources: readonly FoundSource[],
  understood: Pick<Understood, 'facets' | 'isPast' | 'wantsLatest' | 'follows' | 'words'>,
  knowledge: Pick<Knowledge, 'supersededRunbooks'>,
): FoundSource[] {
  const doubt = ({ document }: FoundSource) => (isVerified(document) && !findSuccessor(document, knowledge) ? 0 : 1);
  const trusted = sources.filter((source) => doubt(source) === 0);
  const near = sources.filter((source) => isNear(source, trusted.length > 0 ? trusted : sources));
  // What the conversation is about comes first in any case.
  const kinds = understood.follows === 'same' ? [] : preferKinds(understood);
  const kindRank = (source: FoundSource) =>
    (kinds.includes(source.kind) ? kinds.indexOf(source.kind) : kinds.length) + (isBeside(source, understood) ? 1 : 0);
  const isLatestFirst = understood.wantsLatest || understood.follows === 'earlier';
  return near
    .map((source, at) => ({ source, at }))
    .sort(
      (a, b) =>
        doubt(a.source) - doubt(b.source) ||
        kindRank(a.source) - kindRank(b.source) ||
        lacksAsked(a.source, understood) - lacksAsked(b.source, understood) ||
        (isLatestFirst ? compareDays(b.source, a.source) : 0) ||
        a.at - b.at,
    )
    .map(({ source }) => source);
}

/** Relevance tells documents of one kind from each other; a runbook and an incident may both be the answer. */
function isNear({ kind, relevance }: FoundSource, rivals: readonly FoundSource[]): boolean {
  const best = rivals.reduce((most, rival) => Math.max(most, rival.relevance), 0);
  const ofKind = rivals.filter((rival) => rival.kind === kind);
  const bestOfKind = ofKind.reduce((most, rival) => Math.max(most, rival.relevance), 0);
  return relevance >= bestOfKind * NEAR && relevance >= best * NEAR * NEAR;
}

/** Who says what is wrong with a service knows what it is: its description answers only who says nothing beyond it. */
function isBeside({ kind, document }: FoundSource, { facets, words }: Pick<Understood, 'facets' | 'words'>): boolean {
  return kind === 'service' && !facets.some((facet) => SERVICE_FIRST.has(facet)) && shareHeld(document, words) < 1;
}

/** Who asks for the way back is not told the way ahead while another document knows it. */
function lacksAsked({ document }: FoundSource, { facets }: Pick<Understood, 'facets'>): number {
  return facets[0] === 'undo' && !holdsWayBack(document) ? 1 : 0;
}

function preferKinds({ facets, isPast }: Pick<Understood, 'facets' | 'isPast'>): readonly DocumentKind[] {
  const [facet] = facets;
  if (facet !== undefined && SERVICE_FIRST.has(facet)) return ['service', 'runbook'];
  if (isPast || facet === 'when' || facet === 'often' || facet === 'lessons' || facet === 'story') return ['incident'];
  return facet !== undefined && RUNBOOK_FIRST.has(facet) ? ['runbook'] : [];
}

function compareDays(a: FoundSource, b: FoundSource): number {
  const dayOf = ({ document }: FoundSource) => (document.kind === 'incident' ? (document.date ?? '') : '');
  return dayOf(a) < dayOf(b) ? -1 : dayOf(a) > dayOf(b) ? 1 : 0;
}
