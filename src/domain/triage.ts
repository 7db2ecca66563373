import type { Sender } from './occurrence.ts';
import type { JoinReason } from './outage.ts';

/** An occurrence about which nothing is decided yet, with what a decision goes by. */
export interface QueuedOccurrence {
  readonly id: string;
  readonly namespace: string;
  readonly sender: Sender;
  readonly groupKey: string;
  readonly receivedAt: string;
  readonly startedAt: string;
  /** Of the alerts that fired at first. */
  readonly alertNames: readonly string[];
  /** As the alerts name them; matched against the known services by whoever decides. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of further alerts of the group whose labels differ from those, at most 20. */
  readonly labelSets?: readonly Readonly<Record<string, string>>[];
  readonly texts: readonly string[];
  /** The same for situations that are alike in everything that does not change from one time to the next. */
  readonly situationKey: string;
}

/** An occurrence that was decided and is in no outage: another may yet make it the first of one. */
export interface LoneOccurrence extends QueuedOccurrence {
  /** That answers it: its own, or one of the same situation before. */
  readonly diagnosis: string;
  /** That diagnosis is not done. */
  readonly pending: boolean;
}

/** An outage that others may still join. */
export interface OpenOutage {
  readonly id: string;
  readonly namespace: string;
  /** When the first of its members arrived. */
  readonly openedAt: string;
  /** When the last of its members arrived, however late that was decided. */
  readonly lastJoinedAt: string;
  /** It began as a storm: what is in it came at once, and may have nothing else in common. */
  readonly storm?: boolean;
  /** It is over, and was never diagnosed: nobody joins it any more. */
  readonly resolvedAt?: string;
  /** The namesake alerts, known services and first start of its members. */
  readonly alertNames: readonly string[];
  readonly services: readonly string[];
  readonly startedAt: string;
  readonly memberCount: number;
  /** How many members its newest diagnosis, finished or at work, was made from. */
  readonly diagnosedCount: number;
  /** When that diagnosis was begun. */
  readonly lastDiagnosedAt?: string;
}

/** A finished diagnosis that answers a situation; none that people rejected or corrected. */
export interface AnsweredSituation {
  readonly situationKey: string;
  readonly namespace: string;
  readonly diagnosisId: string;
  readonly diagnosedAt: string;
}

/**
 * What becomes of a queued occurrence. `reuse` may name a diagnosis that is still at work, and `join` an occurrence that was
 * decided before and is in no outage: what it has for an answer it keeps until its outage has one.
 */
export type TriageDecision =
  | { readonly occurrence: string; readonly kind: 'diagnose' }
  | { readonly occurrence: string; readonly kind: 'reuse'; readonly diagnosis: string }
  | {
      readonly occurrence: string;
      readonly kind: 'join';
      /** An open outage, or a new one of this id. */
      readonly outage: string;
      readonly services: readonly string[];
      readonly because: JoinReason;
      readonly reason: string;
    };

/** What a triage leads to, over all namespaces. Written down in one step. */
export interface TriageOutcome {
  readonly decisions: readonly TriageDecision[];
  /** Outages whose members a new diagnosis is to be made from, now. */
  readonly rediagnose: readonly string[];
}

/** A diagnosis to be made, once, by one worker; `id` is the diagnosis'. */
export interface DiagnosisTask {
  readonly id: string;
  readonly namespace: string;
  readonly subject: { readonly kind: 'occurrence' | 'outage'; readonly id: string };
  /** Times it was begun, this one included; more than one when a process died or a dependency was away. */
  readonly attempts: number;
  /** How often a worker let its time pass without a word, so that another took it over: it may be what ends processes. */
  readonly lost?: number;
  readonly createdAt: string;
}
