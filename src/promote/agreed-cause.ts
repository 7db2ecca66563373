import type { Diagnosis } from '../domain/diagnosis.ts';
import type { GradedDiagnosis, TrueCause, VerdictRecord } from '../domain/feedback.ts';

type Part = 'service' | 'category';
type Named = { readonly [part in Part]?: string | undefined };

/** What people say it was, part by part. At least one part is named. */
export interface AgreedCause {
  readonly service?: string;
  /** Kebab-case, as postmortems are read. */
  readonly category?: string;
  /** In somebody's words; absent when nobody put it in words. */
  readonly summary?: string;
  /** People who say so, and people who say something else. */
  readonly agreeing: number;
  readonly against: number;
  /** What the diagnosis had not named, or named otherwise. */
  readonly corrected: readonly Part[];
}

/**
 * The cause that most people name, part by part; of two that as many name, the one that was named last. Undefined when
 * nobody confirmed or corrected the diagnosis, or when what was confirmed names nothing.
 */
export function findAgreedCause({ diagnosis, verdicts }: GradedDiagnosis): AgreedCause | undefined {
  const claims = verdicts.flatMap((record) => claimOf(record, diagnosis) ?? []);
  const service = mostNamed(claims, 'service');
  const category = mostNamed(claims, 'category');
  if (service === undefined && category === undefined) return undefined;
  const cause = { ...(service === undefined ? {} : { service }), ...(category === undefined ? {} : { category }) };
  const own = ownCause(diagnosis);
  const agreeing = claims.filter((claim) => agrees(claim, cause));
  const corrected = (['service', 'category'] as const).filter(
    (part) => cause[part] !== undefined && !isSameName(cause[part], own[part]),
  );
  const rejecting = verdicts.filter(({ verdict }) => verdict === 'rejected').length;
  const summary = agreeing.findLast((claim) => claim.summary !== undefined)?.summary;
  return {
    ...cause,
    ...(summary === undefined ? {} : { summary }),
    agreeing: agreeing.length,
    // Who rejects the diagnosis does not speak against a cause that it had not named.
    against: claims.length - agreeing.length + (corrected.length === 0 ? rejecting : 0),
    corrected,
  };
}

function claimOf({ verdict, trueCause }: VerdictRecord, diagnosis: Diagnosis): TrueCause | undefined {
  if (verdict === 'corrected') return trueCause && withCategory(trueCause);
  const own = verdict === 'confirmed' ? ownCause(diagnosis) : {};
  return own.service === undefined && own.category === undefined ? undefined : own;
}

function ownCause({ kind, rootCause: { service, category } }: Diagnosis): TrueCause {
  if (kind === 'abstained') return {};
  return withCategory({ ...(service === null ? {} : { service }), category });
}

/** Nothing is of the category `unseen`: that is the answer that none is known. */
function withCategory({ category: stated, ...cause }: TrueCause): TrueCause {
  const category = toCategory(stated ?? '');
  return category === '' || category === 'unseen' ? cause : { ...cause, category };
}

/** `Load Spike` and `load_spike` are the same category. */
export function toCategory(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

function mostNamed(claims: readonly TrueCause[], part: Part): string | undefined {
  const names = claims.flatMap((claim) => claim[part] ?? []);
  const count = (name: string) => names.filter((other) => isSameName(name, other)).length;
  return names.reduce<string | undefined>(
    (most, name) => (most === undefined || count(name) >= count(most) ? name : most),
    undefined,
  );
}

/** Whether the claim names nothing else than the cause does. */
export function agrees(claim: Named, cause: Named): boolean {
  const isService = isSameWhereNamed(claim.service, cause.service);
  return isService && isSameWhereNamed(claim.category, cause.category, toCategory);
}

function isSameWhereNamed(a: string | undefined, b: string | undefined, fold = (name: string) => name): boolean {
  return a === undefined || b === undefined || isSameName(fold(a), fold(b));
}

export function isSameName(a: string | null | undefined, b: string | null | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}

/** `disk-full at db`. */
export function nameOf({
  service,
  category,
}: {
  readonly service?: string | undefined;
  readonly category?: string | undefined;
}): string {
  if (category === undefined) return `a fault of ${service ?? 'an unnamed service'}`;
  return service === undefined ? category : `${category} at ${service}`;
}
