import type { Diagnosis, Precedent } from '../domain/diagnosis.ts';
import type { GradedDiagnosis } from '../domain/feedback.ts';
import { type AgreedCause, agrees, findAgreedCause, nameOf } from './agreed-cause.ts';
import { dayOf } from './day.ts';
import type { StoredCauses } from './stored-causes.ts';
import { findTold } from './told.ts';

/** A finished diagnosis that is worth a postmortem, and why. */
export interface PromotionCandidate {
  readonly diagnosis: string;
  /** The day it happened. */
  readonly date: string;
  readonly service: string | null;
  readonly category: string | null;
  /** Orders; 0..1. */
  readonly value: number;
  /** In words, the weightiest first. */
  readonly reasons: readonly string[];
}

/** What adds to the value of writing it down: most of all that nobody has. */
const SHARES = { novelty: 0.5, correction: 0.3, agreement: 0.2 } as const;

/** How new a cause is, by what is stored of it. */
const NOVELTY = { category: 1, service: 0.7, unfound: 0.4, found: 0.3 } as const;

interface Part {
  readonly value: number;
  readonly reason: string;
}

/**
 * Worth writing down is what the knowledge does not tell yet, or what it told wrongly. What the stored precedents found
 * and people merely confirmed is left out, as is what more people deny than say; of one cause on one day the best stays.
 */
export function rankCandidates(
  graded: Iterable<GradedDiagnosis>,
  stored: StoredCauses,
  limit: number,
): PromotionCandidate[] {
  const candidates: PromotionCandidate[] = [];
  for (const one of graded) {
    const candidate = judge(one, stored);
    if (candidate) candidates.push(candidate);
  }
  candidates.sort((a, b) => b.value - a.value || compare(b.date, a.date) || compare(a.diagnosis, b.diagnosis));
  const eventOf = ({ service, category, date }: PromotionCandidate) => JSON.stringify([service, category, date]);
  const best = new Map([...candidates].reverse().map((candidate) => [eventOf(candidate), candidate]));
  return candidates.filter((candidate) => best.get(eventOf(candidate)) === candidate).slice(0, limit);
}

function judge(graded: GradedDiagnosis, stored: StoredCauses): PromotionCandidate | undefined {
  const { diagnosis } = graded;
  const cause = findAgreedCause(graded);
  const date = dayOf(diagnosis);
  if (!cause || cause.against > cause.agreeing || findTold(diagnosis, cause, { date, stored })) return undefined;
  const [novelty, correction] = [noveltyOf(diagnosis, cause, stored), correctionOf(diagnosis, cause)];
  if (correction.value === 0 && novelty.value < NOVELTY.unfound) return undefined;
  const parts = [
    { ...novelty, value: SHARES.novelty * novelty.value },
    { ...correction, value: SHARES.correction * correction.value },
    { ...agreementOf(cause), value: SHARES.agreement * agreementOf(cause).value },
  ].sort((a, b) => b.value - a.value);
  return {
    diagnosis: diagnosis.id,
    date,
    service: cause.service ?? null,
    category: cause.category ?? null,
    value: parts.reduce((sum, { value }) => sum + value, 0),
    reasons: parts.filter(({ value }) => value > 0).map(({ reason }) => reason),
  };
}

function noveltyOf({ precedents }: Diagnosis, cause: AgreedCause, stored: StoredCauses): Part {
  const { category } = cause;
  const name = nameOf(cause);
  if (stored.listTelling(category === undefined ? cause : { category }).length === 0)
    return { value: NOVELTY.category, reason: `no stored incident tells of ${category ?? name}` };
  if (stored.listTelling(cause).length === 0)
    return { value: NOVELTY.service, reason: `no stored incident tells of ${name}, only of ${category} elsewhere` };
  const found = precedents.filter((precedent) => tellsOf(precedent, cause));
  if (found.length === 0)
    return { value: NOVELTY.unfound, reason: `stored incidents of ${name} were not among those that were found` };
  const nearest = Math.max(...found.map(({ relevance, score }) => relevance ?? score));
  return { value: NOVELTY.found * (1 - nearest), reason: `the nearest precedent of ${name} is not near` };
}

function tellsOf({ category, rootCause }: Precedent, cause: AgreedCause): boolean {
  const service = rootCause?.service ?? undefined;
  if (cause.service !== undefined && service === undefined) return false;
  if (cause.category !== undefined && category === null) return false;
  return agrees({ service, category: category ?? undefined }, cause);
}

/** A cause that was named wrongly, or not at all, is what the next search has to find. */
function correctionOf({ kind, rootCause }: Diagnosis, { corrected }: AgreedCause): Part {
  if (corrected.length === 0) return { value: 0, reason: 'nobody corrected it' };
  if (kind === 'abstained') return { value: 1, reason: 'it had found no answer' };
  const named = nameOf({ service: rootCause.service ?? undefined, category: rootCause.category });
  return { value: corrected.length === 2 ? 1 : 0.6, reason: `it had named ${named}, and people corrected it` };
}

function agreementOf({ agreeing, against }: AgreedCause): Part {
  const share = agreeing / (agreeing + against);
  const reason = `${agreeing} ${agreeing === 1 ? 'person says' : 'people say'} so`;
  return {
    value: share * (agreeing / (agreeing + 1)),
    reason: against === 0 ? reason : `${reason}, ${against} not`,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
