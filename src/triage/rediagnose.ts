import type { OpenOutage } from '../domain/triage.ts';

/** What it takes to say whether an outage is due. */
export interface Growth {
  readonly memberCount: number;
  /** Members at its newest diagnosis; 0 when there is none. */
  readonly diagnosedCount: number;
  readonly lastJoinedAt: number;
  readonly lastDiagnosedAt: number | undefined;
}

/** An answer about half of what is there now may be about something else. */
const GROWN_BY = 2;
/** Of what has come to rest nobody will make another diagnosis, so less is enough for a last one. */
const SETTLED_GROWN_BY = 1.5;
/** A storm doubles in a second; people read for longer than that. */
const PAUSE_MS = 30_000;
const SETTLED_MS = 60_000;

export type DueBecause = 'formed' | 'doubled' | 'settled';

/**
 * Why an outage is to be diagnosed now. When it forms; when it has doubled since; and when it has come to rest after growing
 * by half. Each multiplies what the last one was made from, so that n members cost log n diagnoses, not n.
 */
export function findDue(
  { memberCount, diagnosedCount, lastJoinedAt, lastDiagnosedAt }: Growth,
  now: number,
): DueBecause | undefined {
  if (diagnosedCount === 0 || lastDiagnosedAt === undefined) return 'formed';
  if (now - lastDiagnosedAt < PAUSE_MS) return undefined;
  if (memberCount >= GROWN_BY * diagnosedCount) return 'doubled';
  const isSettled = now - lastJoinedAt >= SETTLED_MS;
  return isSettled && memberCount >= SETTLED_GROWN_BY * diagnosedCount ? 'settled' : undefined;
}

/** Whether anything is to be done about an outage that nobody joins. */
export function isDue({ lastJoinedAt, lastDiagnosedAt, ...counts }: OpenOutage, now: number): boolean {
  const diagnosedAt = lastDiagnosedAt === undefined ? undefined : Date.parse(lastDiagnosedAt);
  return (
    findDue({ ...counts, lastJoinedAt: Date.parse(lastJoinedAt), lastDiagnosedAt: diagnosedAt }, now) !== undefined
  );
}

/** An outage that is due, and how many members its newest diagnosis knows nothing of. */
export interface DueOutage {
  readonly id: string;
  readonly because: DueBecause;
  readonly unseen: number;
}

export interface Allowance {
  /** Diagnoses that may be begun before a storm is one. */
  readonly left: number;
  /** When one of these outages was diagnosed last. */
  readonly lastDiagnosedAt: number | undefined;
}

/** In a storm, one outage in this time is diagnosed again: the one that has grown most. */
const STORM_PAUSE_MS = 60_000;

/** Which of the due are diagnosed now: those without any diagnosis, and of the others what the allowance has left, or one at times. */
export function pickDue(due: readonly DueOutage[], { left, lastDiagnosedAt }: Allowance, now: number): DueOutage[] {
  const formed = due.filter(({ because }) => because === 'formed');
  const others = due.filter(({ because }) => because !== 'formed');
  others.sort((a, b) => b.unseen - a.unseen || (a.id < b.id ? -1 : 1));
  if (left > 0) return [...formed, ...others.slice(0, left)];
  const isQuiet = formed.length === 0 && (lastDiagnosedAt === undefined || now - lastDiagnosedAt >= STORM_PAUSE_MS);
  return isQuiet ? others.slice(0, 1) : formed;
}
