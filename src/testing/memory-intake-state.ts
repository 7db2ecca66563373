import {
  type AlertIdentity,
  alertKey,
  fingerprintKey,
  groupIdentity,
  type KeptAlert,
  type Known,
  type OccurrenceState,
} from '../domain/kept-alert.ts';
import type { AnswerSource, Occurrence, OccurrenceStatus } from '../domain/occurrence.ts';
import type { JoinReason } from '../domain/outage.ts';
import type { Situation } from '../domain/situation.ts';
import type { DiagnosisTask } from '../domain/triage.ts';

export interface OccurrenceRow {
  state: OccurrenceState;
  situation: Situation;
  status: OccurrenceStatus;
  readonly receivedAt: string;
  because?: AnswerSource;
  /** Of an outage's member: the outage knows. */
  diagnosis?: string;
  membership?: Membership;
}

export interface Membership {
  readonly outage: string;
  readonly services: readonly string[];
  readonly because: JoinReason;
  readonly reason: string;
}

export interface OutageRow {
  readonly id: string;
  readonly namespace: string;
  /** In the order in which they joined. */
  readonly members: OccurrenceRow[];
  diagnosedCount: number;
  lastDiagnosedAt?: string;
  /** The newest that is done, and the newest that was begun. */
  diagnosis?: string;
  task?: string;
}

export interface TaskRow {
  readonly task: Omit<DiagnosisTask, 'attempts'>;
  attempts: number;
  state: 'ready' | 'done' | 'failed';
  owner?: string | undefined;
  lost: number;
  leaseUntil: number;
  notBefore: number;
  finishedAt?: string;
}

/** What the store in memory holds; every list in the order in which things came. */
export class MemoryIntakeState implements Known {
  readonly alerts = new Map<string, KeptAlert>();
  readonly occurrences = new Map<string, OccurrenceRow>();
  readonly outages = new Map<string, OutageRow>();
  readonly tasks = new Map<string, TaskRow>();
  readonly #open = new Map<string, string>();
  readonly #siblings = new Map<string, Set<string>>();
  readonly #alertsOf = new Map<string, string[]>();

  findAlert(key: string): KeptAlert | undefined {
    return this.alerts.get(key);
  }

  findSiblings(identity: Omit<AlertIdentity, 'startsAt'>): KeptAlert[] {
    return [...(this.#siblings.get(fingerprintKey(identity)) ?? [])].flatMap((key) => this.alerts.get(key) ?? []);
  }

  findOccurrence(id: string): OccurrenceState | undefined {
    return this.occurrences.get(id)?.state;
  }

  findOpen(identity: string): OccurrenceState | undefined {
    const found = this.findOccurrence(this.#open.get(identity) ?? '');
    return found?.resolvedAt === undefined ? found : undefined;
  }

  keepAlert(alert: KeptAlert): void {
    const key = alertKey(alert);
    const family = fingerprintKey(alert);
    this.#siblings.set(family, (this.#siblings.get(family) ?? new Set()).add(key));
    if (!this.alerts.has(key) && alert.occurrence !== undefined) {
      this.#alertsOf.set(alert.occurrence, [...(this.#alertsOf.get(alert.occurrence) ?? []), key]);
    }
    this.alerts.set(key, structuredClone(alert));
  }

  keepOccurrence(row: OccurrenceRow): void {
    this.occurrences.set(row.state.id, row);
    this.#open.set(groupIdentity(row.state), row.state.id);
  }

  alertsOf(occurrence: string): KeptAlert[] {
    return (this.#alertsOf.get(occurrence) ?? []).flatMap((key) => this.alerts.get(key) ?? []);
  }

  diagnosisOf(row: OccurrenceRow): string | undefined {
    if (row.because !== 'outage') return row.diagnosis;
    const outage = this.outages.get(row.membership?.outage ?? '');
    return outage?.diagnosis ?? outage?.task;
  }

  /** When the last of its members ended; undefined while one has not. */
  resolvedAtOf({ members }: OutageRow): string | undefined {
    const ends = members.map(({ state }) => state.resolvedAt);
    return ends.every((end) => end !== undefined) ? ends.toSorted().at(-1) : undefined;
  }

  toOccurrence(row: OccurrenceRow): Occurrence {
    const { id, namespace, sender, groupKey, startedAt, resolvedAt, firing, filteredBy } = row.state;
    const diagnosis = this.diagnosisOf(row);
    return {
      id,
      namespace,
      sender,
      groupKey,
      status: row.status,
      receivedAt: row.receivedAt,
      startedAt,
      ...(resolvedAt === undefined ? {} : { resolvedAt, durationSeconds: secondsBetween(startedAt, resolvedAt) }),
      alerts: { firing, resolved: this.alertsOf(id).length - firing },
      ...(row.membership === undefined ? {} : { outage: row.membership.outage }),
      ...(diagnosis === undefined ? {} : { diagnosis }),
      ...(row.because === undefined ? {} : { because: row.because }),
      ...(filteredBy === undefined ? {} : { filteredBy }),
    };
  }
}

/** Clocks disagree: what ended before it began took no time. */
function secondsBetween(start: string, end: string): number {
  return Math.max(0, (Date.parse(end) - Date.parse(start)) / 1_000);
}
