import type { AcceptedGroup, IncomingGroup } from '../domain/acceptance.ts';
import type { Alert } from '../domain/alert.ts';
import type { Occurrence, Sender } from '../domain/occurrence.ts';
import type { OutageMember } from '../domain/outage.ts';
import type {
  AnsweredSituation,
  DiagnosisTask,
  LoneOccurrence,
  OpenOutage,
  QueuedOccurrence,
  TriageOutcome,
} from '../domain/triage.ts';

export type { AcceptedGroup, IncomingGroup } from '../domain/acceptance.ts';

/** How an occurrence's or an outage's diagnosis ended. */
export type TaskOutcome = 'answered' | 'failed';

/** One alert of the past, as it was kept. */
export interface AlertOfThePast {
  readonly namespace: string;
  readonly sender: Sender;
  readonly alert: Alert;
  readonly receivedAt: string;
  readonly resolvedAt?: string;
  readonly occurrence: string;
  readonly outage?: string;
  readonly diagnosis?: string;
  readonly filteredBy?: string;
  /** Whether people confirmed or corrected the diagnosis: then it was an incident. */
  readonly wasIncident: boolean;
}

export interface HistoryPage {
  readonly since: Date;
  readonly limit: number;
  /** As the page before gave it. */
  readonly after?: string;
}

export interface QueueState {
  readonly undecided: number;
  readonly ready: number;
  readonly working: number;
  /** When the oldest of them arrived. */
  readonly oldest?: string;
}

/** A stored outage; what is told of it beyond this is worked out from its members. */
export interface StoredOutage extends OpenOutage {
  readonly alertCount: number;
  readonly resolvedAt?: string;
  readonly diagnosis?: string;
}

/** A member as it is kept: its services are those that were known when it joined. */
export interface StoredMember extends OutageMember {
  /** Of its alerts that differ, at most 21: they may name services that nobody knew. */
  readonly labelSets: readonly Readonly<Record<string, string>>[];
}

/**
 * Alerts as they came in, what they belong to and who works on them. What `accept` has kept outlives the process. Several
 * processes may share it. Errors: `casebook-unavailable` (retryable).
 */
export interface IntakeStore extends AsyncDisposable {
  /**
   * Keeps all of `groups`, in one transaction, and answers in their order. An alert is the same as one that is known when
   * namespace, sender, fingerprint and start are; a group goes on with the unresolved occurrence of its namespace, sender
   * and group key, where there is one. Where a start is a guess, or a resolved alert's start is unknown, it is the alert
   * of that fingerprint into whose time it falls. An alert belongs to one occurrence for good, and one that is over does
   * not fire again. Alerts that end close their occurrence with the last of them, and their outage with the last of its
   * members. An occurrence is filtered until an alert that no rule filters comes for it.
   * One of which nothing was told for `SILENT_HOURS` is over, since it was told of last, for whoever comes next and neither
   * repeats it nor ends it.
   */
  accept(groups: readonly IncomingGroup[], at: Date, signal?: AbortSignal): Promise<AcceptedGroup[]>;
  findOccurrence(id: string, signal?: AbortSignal): Promise<Occurrence | undefined>;
  /** Those in status `queued`, first come first. */
  listUndecided(limit: number, signal?: AbortSignal): Promise<QueuedOccurrence[]>;
  /** Unresolved outages that somebody joined since, and whatever their age those that were never diagnosed, over or not. */
  listOpenOutages(since: Date, signal?: AbortSignal): Promise<OpenOutage[]>;
  /** Decided occurrences received since that are in no outage, nor filtered: so many of each namespace. Newest first. */
  listRecentLone(since: Date, limit: number, signal?: AbortSignal): Promise<LoneOccurrence[]>;
  /** How many tasks were made since, whatever became of them, by namespace. */
  countDiagnoses(since: Date, signal?: AbortSignal): Promise<ReadonlyMap<string, number>>;
  /** For each of these keys the newest diagnosis since that answers it, unless people rejected or corrected it. */
  listAnswered(keys: readonly string[], since: Date, signal?: AbortSignal): Promise<AnsweredSituation[]>;
  /**
   * Writes a triage down in one transaction: occurrences that are undecided still get what was decided, new outages begin,
   * and tasks are made: one with the occurrence's own id for `diagnose`, and one with `newId()` for each outage of
   * `rediagnose`, which once it is done answers all of its members; while nobody began the one before, that one stays the
   * only one. `reuse` answers at once by a diagnosis that is done, waits for one that is not, and leaves undecided what
   * was to be answered by one that failed meanwhile.
   */
  decide(outcome: TriageOutcome, at: Date, newId: () => string, signal?: AbortSignal): Promise<void>;
  /** Tasks for this worker, oldest first: no other gets them until `until`. Those whose worker let that pass count as ready. */
  claim(worker: string, limit: number, now: Date, until: Date, signal?: AbortSignal): Promise<DiagnosisTask[]>;
  /** Keeps the task for longer; false when it is no more this worker's. */
  renew(worker: string, task: string, until: Date, signal?: AbortSignal): Promise<boolean>;
  /** The task is done: whatever waits for this diagnosis has its answer, or its failure. Nothing happens to one that is done. */
  finish(task: string, outcome: TaskOutcome, at: Date, signal?: AbortSignal): Promise<void>;
  /** The task is ready again from `notBefore` on, where it is this worker's. */
  postpone(worker: string, task: string, notBefore: Date, signal?: AbortSignal): Promise<void>;
  /** Occurrences whose `diagnosis` this is, whatever their status: for telling whoever waits. */
  listAnsweredBy(diagnosis: string, limit: number, signal?: AbortSignal): Promise<Occurrence[]>;
  /** Alerts of an occurrence, or of all members of an outage; the first to begin first. */
  listAlerts(subject: DiagnosisTask['subject'], limit: number, signal?: AbortSignal): Promise<Alert[]>;
  findOutage(id: string, signal?: AbortSignal): Promise<StoredOutage | undefined>;
  /** In the order in which they joined. */
  listMembers(outage: string, limit: number, signal?: AbortSignal): Promise<StoredMember[]>;
  /** The newest first, of one namespace or all. */
  listOutages(namespace: string | undefined, limit: number, signal?: AbortSignal): Promise<StoredOutage[]>;
  /** True when `owner` has the turn named so, until `until`: nobody else has it until then, or until it is given back. */
  takeTurn(name: string, owner: string, now: Date, until: Date, signal?: AbortSignal): Promise<boolean>;
  giveBackTurn(name: string, owner: string, signal?: AbortSignal): Promise<void>;
  /** Alerts that belong to an occurrence, the newest first. */
  listHistory(page: HistoryPage, signal?: AbortSignal): Promise<{ alerts: AlertOfThePast[]; next?: string }>;
  countQueue(signal?: AbortSignal): Promise<QueueState>;
}
