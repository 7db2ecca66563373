import type { Incident } from '../domain/document.ts';

/** What must not be known: everything of this day and later, and these. */
export interface Limits {
  /** Absent: asked against all others, whenever they were. */
  readonly day?: string | undefined;
  readonly withheld: ReadonlySet<string>;
}

/** The incidents that could be known when one was asked about, as far as they tell a cause. */
export interface History {
  count(limits: Limits): number;
  /** Whether an incident of this category had happened, and was not known to be something else. */
  hasCategory(category: string, limits: Limits): boolean;
}

export function createHistory(incidents: readonly Incident[]): History {
  const byId = new Map(incidents.map((incident) => [incident.id, incident]));
  const told = incidents.filter(tellsCause);
  const dates = told.flatMap(({ date }) => date ?? []).sort();
  const byCategory = new Map<string, Incident[]>();
  for (const incident of told) {
    const name = normaliseName(incident.category ?? '');
    byCategory.set(name, [...(byCategory.get(name) ?? []), incident]);
  }
  return {
    count(limits) {
      const before = limits.day === undefined ? told.length : countBefore(dates, limits.day);
      const without = [...limits.withheld].flatMap((id) => byId.get(id) ?? []);
      return before - without.filter((one) => tellsCause(one) && isBefore(one, limits.day)).length;
    },
    hasCategory(category, limits) {
      const alike = byCategory.get(normaliseName(category)) ?? [];
      return alike.some((one) => isKnown(one, limits) && isBelieved(one, byId, limits));
    },
  };
}

/** People spell names; capitals tell nothing apart. */
export function normaliseName(name: string): string {
  return name.trim().toLowerCase();
}

export function tellsCause({ category, rootCause }: Incident): boolean {
  return category !== undefined || rootCause?.service !== undefined;
}

function isKnown(incident: Incident, { day, withheld }: Limits): boolean {
  return !withheld.has(incident.id) && isBefore(incident, day);
}

function isBefore({ date }: Incident, day: string | undefined): boolean {
  return day === undefined || (date !== undefined && date < day);
}

/** A cause that was found to be wrong is believed until what corrects it is known. */
function isBelieved({ supersededBy }: Incident, byId: ReadonlyMap<string, Incident>, limits: Limits): boolean {
  if (supersededBy === undefined) return true;
  const successor = byId.get(supersededBy);
  return successor !== undefined && !isKnown(successor, limits);
}

/** How many of these sorted days come before. */
function countBefore(dates: readonly string[], day: string): number {
  let [low, high] = [0, dates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((dates[middle] ?? '') < day) low = middle + 1;
    else high = middle;
  }
  return low;
}
