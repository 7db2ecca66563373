import type { Reception, Sender } from '../domain/occurrence.ts';
import { readAlertmanager } from './alertmanager.ts';
import { readCloudEvents } from './cloudevents.ts';
import type { ReadContext } from './context.ts';
import { readDatadog } from './datadog.ts';
import { readGeneric } from './generic.ts';
import { readGrafana } from './grafana.ts';
import { readOpsgenie } from './opsgenie.ts';
import { readPagerDuty } from './pagerduty.ts';

/** What is to be known of one sender. */
export interface SenderKind {
  /** Pure: what one delivery says. Throws `input-invalid`, or `input-too-large`. */
  readonly read: (body: unknown, context: ReadContext) => Reception;
  /** After so long it gives the delivery up. */
  readonly deadlineMs: number;
  /** How it is told to come again: most repeat what was answered with 5xx alone, and drop everything else. */
  readonly overLimit: 'rate-limited' | 'overloaded';
  /** Its own way of signing; Standard Webhooks and a shared header are for all. */
  readonly signs?: 'pagerduty';
}

export const SENDERS: Readonly<Record<Sender, SenderKind>> = {
  /** `timeout` of its webhook_config; 10 s is that of a notification where none is set. */
  alertmanager: { read: readAlertmanager, deadlineMs: 10_000, overLimit: 'overloaded' },
  grafana: { read: readGrafana, deadlineMs: 30_000, overLimit: 'overloaded' },
  /** Repeats for 48 hours, holding back what comes later; of 4xx it repeats only 429. */
  pagerduty: { read: readPagerDuty, deadlineMs: 5_000, overLimit: 'rate-limited', signs: 'pagerduty' },
  opsgenie: { read: readOpsgenie, deadlineMs: 10_000, overLimit: 'overloaded' },
  datadog: { read: readDatadog, deadlineMs: 15_000, overLimit: 'overloaded' },
  cloudevents: { read: readCloudEvents, deadlineMs: 10_000, overLimit: 'rate-limited' },
  generic: { read: readGeneric, deadlineMs: 10_000, overLimit: 'rate-limited' },
};
