import type { HiddenIncident } from '../domain/noise-dry-run.ts';

/** An occurrence as far as its alerts have been looked at. */
export interface PastOccurrence {
  readonly id: string;
  /** How many of its alerts have each name, and when the first and the last of them came in. */
  readonly names: ReadonlyMap<string, { readonly alerts: number; readonly first: string; readonly last: string }>;
  readonly outage: string | undefined;
  readonly diagnosis: string | undefined;
  /** Whether people confirmed or corrected the diagnosis. */
  readonly wasIncident: boolean;
}

/** As much of a stored postmortem as tells when an alert was one of its. */
export interface TellingIncident {
  readonly id: string;
  readonly alerts: readonly string[];
  /** The day it happened. */
  readonly date?: string | undefined;
  readonly source: { readonly path: string };
}

const DAY_MS = 24 * 60 * 60_000;

/** Whether an occurrence was an incident, by the surest sign of it. */
export function createIncidentFinder(
  incidents: readonly TellingIncident[],
): (occurrence: PastOccurrence) => HiddenIncident | undefined {
  const byAlert = new Map<string, TellingIncident[]>();
  for (const incident of incidents) {
    for (const name of new Set(incident.alerts.map((alert) => alert.toLowerCase()))) {
      byAlert.set(name, [...(byAlert.get(name) ?? []), incident]);
    }
  }
  const findTold = ({ names }: PastOccurrence) =>
    [...names]
      .flatMap(([name, { first, last }]) => {
        const naming = byAlert.get(name.toLowerCase()) ?? [];
        return naming.filter(({ date }) => date !== undefined && isAround(date, first, last));
      })
      .at(0);

  return (occurrence) => {
    const sign = findSign(occurrence, findTold(occurrence));
    if (sign === undefined) return undefined;
    const { id, names, diagnosis } = occurrence;
    const [receivedAt = ''] = [...names.values()].map(({ first }) => first).sort();
    const answer = diagnosis === undefined ? {} : { diagnosis };
    return { occurrence: id, alertNames: [...names.keys()], receivedAt, ...answer, ...sign };
  };
}

type Sign = Pick<HiddenIncident, 'because' | 'reason' | 'outage' | 'incident'>;

function findSign({ wasIncident, outage }: PastOccurrence, told: TellingIncident | undefined): Sign | undefined {
  if (wasIncident) return { because: 'verdict', reason: 'people confirmed or corrected its diagnosis' };
  if (told) {
    const { id, source, date } = told;
    const reason = `the postmortem ${id} of ${date} names this alert`;
    return { because: 'postmortem', reason, incident: { id, path: source.path } };
  }
  return outage === undefined
    ? undefined
    : { because: 'outage', reason: `it was part of the outage ${outage}`, outage };
}

/** A postmortem knows the day, in whatever zone its author lives: the day before and the day after count. */
function isAround(date: string, first: string, last: string): boolean {
  const begin = Date.parse(date);
  return Date.parse(last) >= begin - DAY_MS && Date.parse(first) < begin + 2 * DAY_MS;
}
