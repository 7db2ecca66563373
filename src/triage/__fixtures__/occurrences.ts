import type { KnownServices } from '../../domain/known-services.ts';
import type { ServiceGraph } from '../../domain/topology.ts';
import type { LoneOccurrence, OpenOutage, QueuedOccurrence } from '../../domain/triage.ts';

export const START = new Date('2026-03-01T10:00:00.000Z');

/** Named by nothing and related to nothing, of which a test states only what it is about. */
export function buildQueued(id: string, fields: Partial<QueuedOccurrence> = {}): QueuedOccurrence {
  const receivedAt = fields.receivedAt ?? START.toISOString();
  return {
    id,
    namespace: 'default',
    sender: 'alertmanager',
    groupKey: `group-${id}`,
    receivedAt,
    startedAt: receivedAt,
    alertNames: [],
    labels: {},
    texts: [],
    situationKey: `situation-${id}`,
    ...fields,
  };
}

/** One that was decided: diagnosed by itself, unless a test says otherwise. */
export function buildLone(queued: QueuedOccurrence, fields: Partial<LoneOccurrence> = {}): LoneOccurrence {
  return { ...queued, diagnosis: queued.id, pending: false, ...fields };
}

/** An outage of two, never diagnosed. */
export function buildOpenOutage(id: string, fields: Partial<OpenOutage> = {}): OpenOutage {
  const openedAt = START.toISOString();
  return {
    id,
    namespace: 'default',
    openedAt,
    lastJoinedAt: openedAt,
    alertNames: [],
    services: [],
    startedAt: openedAt,
    memberCount: 2,
    diagnosedCount: 0,
    ...(fields.diagnosedCount ? { lastDiagnosedAt: openedAt } : {}),
    ...fields,
  };
}

export function knownServicesOf(graph: ServiceGraph): KnownServices {
  return new Map([...graph.services.keys()].map((name) => [name.toLowerCase(), name]));
}
