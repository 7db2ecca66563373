import type { Alert } from '../domain/alert.ts';
import type { DryRunOutcome, NoiseDryRun } from '../domain/noise-dry-run.ts';
import type { NoiseSentence } from '../domain/noise-rule.ts';
import { createIncidentFinder, type PastOccurrence, type TellingIncident } from './became-incident.ts';
import { hides } from './matches.ts';
import { renderSentence } from './render-sentence.ts';

export type { TellingIncident };

/** An alert as it was once received, and what came of it. */
export interface PastAlert {
  readonly sender: string;
  readonly alert: Pick<Alert, 'labels' | 'annotations'>;
  readonly receivedAt: string;
  readonly occurrence: string;
  readonly outage?: string;
  readonly diagnosis?: string;
  /** Whether people confirmed or corrected the diagnosis. */
  readonly wasIncident: boolean;
}

/** Nothing of an alert is kept but its name: there may be a great many. */
interface Tally extends PastOccurrence {
  alerts: number;
  fitting: number;
  readonly names: Map<string, { alerts: number; first: string; last: string }>;
}

export interface DryRun {
  /** In any order, page by page: an occurrence's alerts may lie in several. */
  add(alerts: Iterable<PastAlert>): void;
  finish(isComplete: boolean): NoiseDryRun;
}

const MAX_NAMES = 20;
const MAX_INCIDENTS = 50;

/** What a rule would have hidden of the alerts it is shown, and what of that became an incident. */
export function createDryRun(
  sentence: NoiseSentence,
  { from, to }: { readonly from: Date; readonly to: Date },
  incidents: readonly TellingIncident[],
): DryRun {
  // Its last day lies ahead of a rule that is tried: what it would do while it holds is the question.
  const { until: _, ...always } = sentence;
  const tallies = new Map<string, Tally>();
  const fits = ({ alert, sender, receivedAt }: PastAlert) => hides(always, { alert, sender, at: new Date(receivedAt) });
  return {
    add(page) {
      for (const past of page) {
        const tally = tallies.get(past.occurrence) ?? beginTally(past);
        tallies.set(past.occurrence, count(tally, past, fits(past)));
      }
    },
    finish(isComplete) {
      const all = [...tallies.values()];
      const hidden = all.filter(isHidden);
      const findIncident = createIncidentFinder(incidents);
      const found = hidden
        .flatMap((tally) => findIncident(tally) ?? [])
        .sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
      const alerts = sum(all.map((tally) => tally.alerts));
      return {
        words: renderSentence(sentence),
        ...{ from: from.toISOString(), to: to.toISOString() },
        outcome: judge(alerts, hidden.length, found.length),
        history: { alerts, occurrences: all.length, isComplete },
        hidden: {
          alerts: sum(hidden.map((tally) => tally.alerts)),
          occurrences: hidden.length,
          diagnoses: countSaved(all),
          byAlert: countNames(hidden),
        },
        incidentCount: found.length,
        incidents: found.slice(0, MAX_INCIDENTS),
      };
    },
  };
}

function beginTally({ occurrence, outage, diagnosis, wasIncident }: PastAlert): Tally {
  return { id: occurrence, outage, diagnosis, wasIncident, alerts: 0, fitting: 0, names: new Map() };
}

function count(tally: Tally, { alert, receivedAt }: PastAlert, fits: boolean): Tally {
  const name = alert.labels['alertname'] ?? '(no name)';
  const named = tally.names.get(name) ?? { alerts: 0, first: receivedAt, last: receivedAt };
  named.alerts++;
  if (receivedAt < named.first) named.first = receivedAt;
  if (receivedAt > named.last) named.last = receivedAt;
  tally.names.set(name, named);
  tally.alerts++;
  if (fits) tally.fitting++;
  return tally;
}

/** Alerts that came together are hidden together or not at all. */
function isHidden({ alerts, fitting }: Tally): boolean {
  return fitting === alerts;
}

function judge(alerts: number, hidden: number, incidents: number): DryRunOutcome {
  if (alerts === 0) return 'no-history';
  if (hidden === 0) return 'hides-nothing';
  return incidents === 0 ? 'safe' : 'hides-incidents';
}

/** A diagnosis that answers several occurrences is saved when none of them is left. */
function countSaved(tallies: readonly Tally[]): number {
  const diagnosesOf = (some: readonly Tally[]) => new Set(some.flatMap(({ diagnosis }) => diagnosis ?? []));
  const needed = diagnosesOf(tallies.filter((tally) => !isHidden(tally)));
  return [...diagnosesOf(tallies.filter(isHidden))].filter((diagnosis) => !needed.has(diagnosis)).length;
}

function countNames(hidden: readonly Tally[]): NoiseDryRun['hidden']['byAlert'] {
  const counts = new Map<string, number>();
  for (const [name, { alerts }] of hidden.flatMap(({ names }) => [...names])) {
    counts.set(name, (counts.get(name) ?? 0) + alerts);
  }
  return [...counts]
    .map(([alertName, alerts]) => ({ alertName, alerts }))
    .sort((a, b) => b.alerts - a.alerts || a.alertName.localeCompare(b.alertName))
    .slice(0, MAX_NAMES);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
