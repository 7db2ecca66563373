import { createHash } from 'node:crypto';
import { listDuplicates } from '../diagnose/retrieve/duplicates.ts';
import { createPace, type Pace } from '../diagnose/retrieve/pace.ts';
import type { SkippedIncident } from '../domain/backtest.ts';
import type { Incident } from '../domain/document.ts';
import { createHistory, type History, tellsCause } from './history.ts';
import { isAskable, type Unknown } from './question.ts';

/** One incident to ask about, and what could be known then. */
export interface PlannedCase extends Unknown {
  readonly incident: Incident;
  /** Incidents that tell a cause. */
  readonly known: number;
  readonly isKnownCategory: boolean;
}

export interface BacktestPlan {
  /** In the order of asking: one day after the other, then those without a date. */
  readonly asked: readonly PlannedCase[];
  readonly skipped: readonly SkippedIncident[];
}

/**
 * Before so many incidents with a cause there is nothing that an answer could be drawn from: fewer teach the learnt causes
 * nothing, and whoever starts keeping postmortems should not be told that the first few were not foreseen.
 */
const MIN_KNOWN = 5;

/** Of the incidents without a date so large a part is left out at once: the causes are learnt anew for each part. */
const FOLD = 0.05;

/** Telling whether there is something to ask reads as many characters. */
const CASE_COST = 4_000;

/**
 * Which incidents are asked about, in which order, and what must not be known at each. A dated one is asked as of its own
 * day. An undated one is asked against all others but those left out with it. None ever knows itself, its outage, or
 * what tells the same event once more.
 */
export async function planBacktest(
  incidents: readonly Incident[],
  { since, pace = createPace() }: { readonly since?: string | undefined; readonly pace?: Pace } = {},
): Promise<BacktestPlan> {
  const considered = incidents.filter(({ date }) => since === undefined || (date !== undefined && date >= since));
  const duplicates = keepSameEvents(withRetold(await listDuplicates(incidents, pace), incidents), incidents);
  const skipped: SkippedIncident[] = [];
  const fit: Incident[] = [];
  for (const incident of considered) {
    const reason = reasonToSkip(incident);
    if (reason === undefined) fit.push(incident);
    else skipped.push({ incident: incident.id, reason });
    await pace.spend(CASE_COST);
  }
  const history = createHistory(incidents);
  const planned = [...listDated(fit, duplicates), ...listUndated(fit, duplicates)].map((one) => measure(one, history));
  const asked = planned.filter(({ known }) => known >= MIN_KNOWN);
  for (const { incident, known } of planned) {
    if (known < MIN_KNOWN) skipped.push({ incident: incident.id, reason: 'nothing-before' });
  }
  return { asked, skipped: skipped.sort((a, b) => compareText(a.incident, b.incident)) };
}

function reasonToSkip(incident: Incident): SkippedIncident['reason'] | undefined {
  if (incident.supersededBy !== undefined) return 'superseded';
  // What nobody has reviewed is no truth to judge by; a verdict on the diagnosis that it came from may be.
  if (incident.status === 'draft') return 'draft';
  if (!tellsCause(incident)) return 'no-cause';
  return isAskable(incident) ? undefined : 'no-symptoms';
}

type Duplicates = ReadonlyMap<string, readonly string[]>;

/** Nearly the same words a quarter of a year later are told of what happened again: just what a precedent is. */
const SAME_EVENT_DAYS = 90;

/** What an incident tells better is of the same event, too, in other words and mostly of another cause. */
function withRetold(duplicates: Duplicates, incidents: readonly Incident[]): Duplicates {
  const byId = new Map(incidents.map((incident) => [incident.id, incident]));
  const all = new Map([...duplicates].map(([id, others]) => [id, new Set(others)]));
  for (const { id } of incidents) {
    const seen = new Set([id]);
    for (let next = byId.get(id)?.supersededBy; next !== undefined && !seen.has(next); ) {
      all.get(id)?.add(next);
      all.get(next)?.add(id);
      seen.add(next);
      next = byId.get(next)?.supersededBy;
    }
  }
  return new Map([...all].map(([id, others]) => [id, [...others].sort()]));
}

function keepSameEvents(duplicates: Duplicates, incidents: readonly Incident[]): Duplicates {
  const byId = new Map(incidents.map((incident) => [incident.id, incident]));
  return new Map(
    [...duplicates].map(([id, others]) => [id, others.filter((other) => isSameEvent(byId.get(id), byId.get(other)))]),
  );
}

function isSameEvent(one: Incident | undefined, other: Incident | undefined): boolean {
  if (one?.outage !== undefined && one.outage === other?.outage) return true;
  if (one?.date === undefined || other?.date === undefined) return true;
  return Math.abs(Date.parse(one.date) - Date.parse(other.date)) <= SAME_EVENT_DAYS * 86_400_000;
}

type Unmeasured = Omit<PlannedCase, 'known' | 'isKnownCategory'>;

function listDated(incidents: readonly Incident[], duplicates: Duplicates): Unmeasured[] {
  return incidents
    .flatMap((incident) => (incident.date === undefined ? [] : [{ incident, date: incident.date }]))
    .sort((a, b) => compareText(a.date, b.date) || compareText(a.incident.id, b.incident.id))
    .map(({ incident, date }) => {
      const withheld = [incident.id, ...(duplicates.get(incident.id) ?? [])];
      return { incident, asOf: `${date}T00:00:00Z`, withheld };
    });
}

/** By hash, so that files that lie beside each other are not left out together more than any others. */
function listUndated(incidents: readonly Incident[], duplicates: Duplicates): Unmeasured[] {
  const undated = incidents.filter(({ date }) => date === undefined);
  const most = Math.max(1, Math.floor(undated.length * FOLD));
  const folds: Incident[][] = [];
  for (const cluster of listClusters(undated, duplicates)) {
    const last = folds.at(-1);
    if (last && last.length + cluster.length <= most) last.push(...cluster);
    else folds.push([...cluster]);
  }
  return folds.flatMap((fold) => {
    const withheld = [...new Set(fold.flatMap(({ id }) => [id, ...(duplicates.get(id) ?? [])]))].sort();
    return fold.map((incident) => ({ incident, withheld }));
  });
}

/** What tells one event is left out together, or the one would be the other's precedent. */
function listClusters(incidents: readonly Incident[], duplicates: Duplicates): Incident[][] {
  const byId = new Map(incidents.map((incident) => [incident.id, incident]));
  const seen = new Set<string>();
  const clusters: Incident[][] = [];
  for (const id of [...byId.keys()].sort((a, b) => compareText(hash(a), hash(b)))) {
    const reached: Incident[] = [];
    for (const queue = [id]; queue.length > 0; ) {
      const next = queue.pop() ?? '';
      const incident = byId.get(next);
      if (incident === undefined || seen.has(next)) continue;
      seen.add(next);
      reached.push(incident);
      queue.push(...(duplicates.get(next) ?? []));
    }
    if (reached.length > 0) clusters.push(reached);
  }
  return clusters;
}

function measure(planned: Unmeasured, history: History): PlannedCase {
  const limits = { day: planned.asOf?.slice(0, 10), withheld: new Set(planned.withheld) };
  const { category } = planned.incident;
  return {
    ...planned,
    known: history.count(limits),
    isKnownCategory: category !== undefined && history.hasCategory(category, limits),
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
