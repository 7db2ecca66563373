import type { Diagnosis } from '../domain/diagnosis.ts';
import type { Incident } from '../domain/document.ts';
import { type AgreedCause, isSameName } from './agreed-cause.ts';
import type { StoredCauses } from './stored-causes.ts';

/** A stored incident that tells what a postmortem of the diagnosis would tell, and why it is thought to. */
export interface ToldAlready {
  readonly incident: Incident;
  readonly reason: string;
}

/** Whoever writes a postmortem by hand may date it to the day before or after. */
const SAME_EVENT_DAYS = 1;

const DAY_MS = 86_400_000;

/**
 * An incident tells the same when it was written from this very diagnosis; when it is of the same cause within a day; or
 * when it is of the same cause and went off with the same alerts, whenever it was.
 */
export function findTold(
  { id, situation }: Diagnosis,
  cause: AgreedCause,
  { date, stored }: { readonly date: string; readonly stored: StoredCauses },
): ToldAlready | undefined {
  const own = stored.origins.get(id);
  if (own) return { incident: own, reason: 'was written from this diagnosis' };
  const alike = stored.listTelling(cause);
  const near = alike.find((incident) => daysBetween(incident.date, date) <= SAME_EVENT_DAYS);
  if (near) return { incident: near, reason: `tells of the same cause on ${near.date}` };
  const alerts = situation?.alertNames ?? [];
  const twin = alerts.length === 0 ? undefined : alike.find((incident) => covers(incident.alerts, alerts));
  return twin && { incident: twin, reason: 'tells of the same cause behind the same alerts' };
}

function covers(names: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((name) => names.some((other) => isSameName(name, other)));
}

function daysBetween(a: string | undefined, b: string): number {
  return a === undefined ? Number.POSITIVE_INFINITY : Math.abs(Date.parse(a) - Date.parse(b)) / DAY_MS;
}
