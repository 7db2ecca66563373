import { z } from 'zod';
import type { Alert, AlertGroup } from './alert.ts';

/** Who posts alerts: one mapper each. */
export const Sender = z.enum(['alertmanager', 'grafana', 'pagerduty', 'opsgenie', 'datadog', 'cloudevents', 'generic']);
export type Sender = z.infer<typeof Sender>;

/** An alert of which a mapper has made out everything by which it is told from others. */
export interface ReceivedAlert extends Alert {
  readonly status: 'firing' | 'resolved';
  /** The sender's own, or a hash of the labels; the same for as long as the alert is the same. */
  readonly fingerprint: string;
  readonly startsAt: string;
  /**
   * The sender does not say when it began, and `startsAt` is the moment that was told: an alert of this fingerprint that
   * still fires is this one, whatever its start.
   */
  readonly startIsGuessed?: true;
}

/** What a mapper makes of one delivery: alerts that the sender itself holds together. */
export interface ReceivedGroup extends AlertGroup {
  /** The sender's own key of what belongs together. */
  readonly groupKey: string;
  readonly alerts: readonly ReceivedAlert[] & AlertGroup['alerts'];
}

/** What a delivery says. Not everything a sender tells is an alert: an acknowledgement, a change of priority, a test. */
export type Reception =
  | {
      readonly kind: 'alerts';
      readonly groups: readonly ReceivedGroup[];
      /** What whoever set the sender up should know: alerts that it left out. */
      readonly note?: string;
    }
  | { readonly kind: 'ignored'; readonly why: string };

/** Whose answer an occurrence has: its own diagnosis, one of the same situation before, or that of its outage. */
export const AnswerSource = z.enum(['own', 'identical', 'outage']);
export type AnswerSource = z.infer<typeof AnswerSource>;

/**
 * - `queued`: kept, nothing decided yet;
 * - `waiting`: it is decided which diagnosis answers it, and that one is not done;
 * - `answered`, `failed`: that diagnosis is done, or failed for good;
 * - `filtered`: a noise rule says that nobody need be told. It is kept all the same.
 */
export const OccurrenceStatus = z.enum(['queued', 'waiting', 'answered', 'failed', 'filtered']);
export type OccurrenceStatus = z.infer<typeof OccurrenceStatus>;

/**
 * One group of alerts from its first firing until the last of it is resolved. Where nobody told of that end, it is over when
 * the next one begins, and counts as resolved when it was told of last: its duration is then what is known of it, at least.
 */
export const Occurrence = z.object({
  id: z.string(),
  namespace: z.string(),
  sender: Sender,
  groupKey: z.string(),
  status: OccurrenceStatus,
  receivedAt: z.iso.datetime(),
  /** When the first of its alerts began, by the sender's clock. */
  startedAt: z.iso.datetime(),
  /** When the last of its alerts ended; absent while one fires. */
  resolvedAt: z.iso.datetime().optional(),
  /** From the first start to the last end, in seconds; absent while one fires. */
  durationSeconds: z.number().min(0).optional(),
  alerts: z.object({ firing: z.int().min(0), resolved: z.int().min(0) }),
  /** The outage that it is part of. */
  outage: z.string().optional(),
  /** The diagnosis that answers it, also while that is pending. */
  diagnosis: z.string().optional(),
  because: AnswerSource.optional(),
  /** The noise rule that filtered it. */
  filteredBy: z.string().optional(),
});
export type Occurrence = Readonly<z.infer<typeof Occurrence>>;

/** An answer that was made for another occurrence, or for several. */
export const ReusedAnswer = z.object({
  because: AnswerSource.exclude(['own']),
  /** The diagnosis that is shown. */
  diagnosis: z.string(),
  diagnosedAt: z.iso.datetime(),
  /** Seconds between that diagnosis and this occurrence's arrival; 0 when it was made afterwards. */
  ageSeconds: z.number().min(0),
  /** The same in words, for people. */
  text: z.string(),
});
export type ReusedAnswer = Readonly<z.infer<typeof ReusedAnswer>>;
