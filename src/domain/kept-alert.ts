import type { Alert } from './alert.ts';
import type { ReceivedAlert, Sender } from './occurrence.ts';
import type { Situation } from './situation.ts';

/** An alert as it is kept; told from others by its first four fields. */
export interface KeptAlert {
  readonly namespace: string;
  readonly sender: Sender;
  readonly fingerprint: string;
  readonly startsAt: string;
  /** Absent when it was over before anybody told of it. */
  readonly occurrence?: string;
  readonly endsAt?: string;
  readonly receivedAt: string;
  readonly filteredBy?: string;
  readonly alert: Alert;
}

/** What accepting goes by, and changes, of an occurrence. */
export interface OccurrenceState {
  readonly id: string;
  readonly namespace: string;
  readonly sender: Sender;
  readonly groupKey: string;
  readonly isFiltered: boolean;
  readonly filteredBy?: string;
  readonly startedAt: string;
  readonly resolvedAt?: string;
  /** When an alert of it was told last, as new, as a repeat or as ended, by the clock of whoever keeps it. */
  readonly toldAt: string;
  /** How many of its alerts fire. */
  readonly firing: number;
  readonly lastEnd?: string;
  /** Of those that begin, or of which it is another now. */
  readonly situation?: Situation;
}

/** Another alert of the same fingerprint. */
export type Sibling = Pick<KeptAlert, 'startsAt' | 'occurrence' | 'endsAt'>;

/** What is known of what comes in. */
export interface Known {
  findAlert(key: string): Pick<KeptAlert, 'occurrence' | 'endsAt'> | undefined;
  /** Of this fingerprint at least those that fire, and the last that began. Asked of resolved alerts, and where the start is a guess. */
  findSiblings(identity: Omit<AlertIdentity, 'startsAt'>): readonly Sibling[];
  findOccurrence(id: string): OccurrenceState | undefined;
  /** The unresolved one of a group. */
  findOpen(groupIdentity: string): OccurrenceState | undefined;
}

export type AlertIdentity = Pick<KeptAlert, 'namespace' | 'sender' | 'fingerprint' | 'startsAt'>;

export type IdentifiedAlert = readonly [AlertIdentity, ReceivedAlert];

export function alertKey({ namespace, sender, fingerprint, startsAt }: AlertIdentity): string {
  return JSON.stringify([namespace, sender, fingerprint, startsAt]);
}

export function fingerprintKey({ namespace, sender, fingerprint }: Omit<AlertIdentity, 'startsAt'>): string {
  return JSON.stringify([namespace, sender, fingerprint]);
}

export function groupIdentity({
  namespace,
  sender,
  groupKey,
}: Pick<OccurrenceState, 'namespace' | 'sender' | 'groupKey'>) {
  return JSON.stringify([namespace, sender, groupKey]);
}

/** A key that every database keeps to the letter: half a character and the character zero come back otherwise. */
export function storable(text: string): string {
  return text.replace(/[\p{Surrogate}\0]/gu, '\uFFFD');
}
