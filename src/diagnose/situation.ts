import type { Signal } from '../domain/signal.ts';

/** What is happening, as the read path sees it: the alert's words sorted by what each of them is good for. */
export interface Situation {
  /** Summary, description and message of the alerts: what a person would read. */
  readonly text: string;
  /** The alerting rule's expression in plain words; weak evidence, so kept apart. */
  readonly expression: string;
  readonly alertNames: readonly string[];
  /** Services that labels name, in the order of how sure the label is. */
  readonly services: readonly string[];
  /** Where the alert's author said its runbook is. */
  readonly runbookUrls: readonly string[];
  readonly severity?: string;
  readonly startsAt?: Date;
  readonly signals: readonly Signal[];
  /** Nothing later than this is known; unset means now. */
  readonly asOf?: Date;
}
