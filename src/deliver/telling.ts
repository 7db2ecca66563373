import { createHash } from 'node:crypto';
import type { CallbackDestination } from '../domain/callback.ts';
import type { DeliveryEvent } from '../domain/delivery.ts';
import type { Occurrence, Sender } from '../domain/occurrence.ts';
import { DEFAULT_NAMESPACE } from '../domain/principal.ts';

/** Something to be told to whoever wants to know. */
export interface Tidings {
  readonly event: DeliveryEvent;
  /** What it is about: a diagnosis, an occurrence or an outage. */
  readonly subject: string;
  readonly namespace: string;
  /** Who told of the alerts; empty where nobody did, as for a diagnosis that somebody asked for. */
  readonly senders: readonly Sender[];
}

interface FinishedOrNot {
  readonly id: string;
  readonly status: 'pending' | 'done' | 'failed';
  readonly namespace?: string;
}

/**
 * A diagnosis is told once, however many occurrences it answers. Nothing while it is pending. With the first diagnosis of
 * an outage goes that there is one.
 */
export function tidingsOfDiagnosis(
  record: FinishedOrNot,
  occurrences: readonly Pick<Occurrence, 'sender'>[],
  outage?: string,
): Tidings[] {
  if (record.status === 'pending') return [];
  const senders = [...new Set(occurrences.map(({ sender }) => sender))];
  const about = { namespace: record.namespace ?? DEFAULT_NAMESPACE, senders };
  return [
    ...(outage === undefined ? [] : [{ event: 'outage.opened' as const, subject: outage, ...about }]),
    { event: record.status === 'done' ? 'diagnosis.done' : 'diagnosis.failed', subject: record.id, ...about },
  ];
}

/**
 * What was known before answers these alerts: told by their own id, because the diagnosis was told long ago. Alerts that
 * join an outage are told by its diagnoses.
 */
export function tidingsOfReuse({ id, namespace, sender }: Occurrence): Tidings[] {
  return [{ event: 'diagnosis.done', subject: id, namespace, senders: [sender] }];
}

export function tidingsOfEnd({ id, namespace, sender, resolvedAt, status }: Occurrence): Tidings[] {
  if (resolvedAt === undefined || status === 'filtered') return [];
  return [{ event: 'occurrence.resolved', subject: id, namespace, senders: [sender] }];
}

export function wants({ on, namespaces, senders }: CallbackDestination, tidings: Tidings): boolean {
  return (
    on.includes(tidings.event) &&
    (namespaces === undefined || namespaces.includes(tidings.namespace)) &&
    (senders === undefined || tidings.senders.some((sender) => senders.includes(sender)))
  );
}

/** The same for the same message: telling it again, after a crash or by another process, changes nothing. */
export function deliveryIdOf(destination: string, { event, subject }: Tidings): string {
  const hash = createHash('sha256').update(JSON.stringify([destination, event, subject]));
  return `msg_${hash.digest('hex').slice(0, 32)}`;
}
