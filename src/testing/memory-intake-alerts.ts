import type { Acceptance, AcceptedGroup } from '../domain/acceptance.ts';
import type { Alert } from '../domain/alert.ts';
import type { KeptAlert, OccurrenceState } from '../domain/kept-alert.ts';
import type { DiagnosisTask, LoneOccurrence, QueuedOccurrence } from '../domain/triage.ts';
import type { MemoryIntakeState, OccurrenceRow } from './memory-intake-state.ts';

export function keepAcceptance(state: MemoryIntakeState, acceptance: Acceptance, at: string): AcceptedGroup[] {
  for (const alert of acceptance.newAlerts.values()) state.keepAlert(alert);
  for (const [id, endsAt] of acceptance.abandoned) {
    for (const alert of state.alertsOf(id)) if (alert.endsAt === undefined) state.keepAlert({ ...alert, endsAt });
  }
  for (const [key, endsAt] of acceptance.ended) {
    const alert = state.alerts.get(key);
    if (alert) state.keepAlert({ ...alert, endsAt });
  }
  for (const occurrence of acceptance.occurrences.values()) keepOccurrence(state, structuredClone(occurrence), at);
  return acceptance.answers;
}

function keepOccurrence(state: MemoryIntakeState, { situation, ...occurrence }: OccurrenceState, at: string): void {
  const row = state.occurrences.get(occurrence.id);
  if (row) {
    row.state = occurrence;
    row.situation = situation ?? row.situation;
    if (row.status === 'filtered' && !occurrence.isFiltered) row.status = 'queued';
  } else if (situation) {
    const status = occurrence.isFiltered ? 'filtered' : 'queued';
    state.keepOccurrence({ state: occurrence, situation, status, receivedAt: at });
  }
}

export function listUndecided(state: MemoryIntakeState, limit: number): QueuedOccurrence[] {
  const queued = [...state.occurrences.values()].filter(({ status }) => status === 'queued');
  return structuredClone(queued.slice(0, limit).map(toQueued));
}

/** Decided, and in no outage; the newest of each namespace, and of all of them the newest first. */
export function listRecentLone(state: MemoryIntakeState, since: string, limit: number): LoneOccurrence[] {
  const lone = [...state.occurrences.values()]
    .filter(({ receivedAt, membership }) => receivedAt >= since && membership === undefined)
    .reverse()
    .sort((a, b) => (a.receivedAt < b.receivedAt ? 1 : -Number(a.receivedAt > b.receivedAt)))
    .flatMap((row) =>
      row.diagnosis === undefined
        ? []
        : { ...toQueued(row), diagnosis: row.diagnosis, pending: row.status === 'waiting' },
    );
  const count = new Map<string, number>();
  const isWanted = ({ namespace }: LoneOccurrence) => {
    count.set(namespace, (count.get(namespace) ?? 0) + 1);
    return (count.get(namespace) ?? 0) <= limit;
  };
  return structuredClone(lone.filter(isWanted));
}

function toQueued({ state, situation, receivedAt }: OccurrenceRow): QueuedOccurrence {
  const { id, namespace, sender, groupKey, startedAt } = state;
  return { id, namespace, sender, groupKey, receivedAt, startedAt, ...situation };
}

export function listAlerts(state: MemoryIntakeState, subject: DiagnosisTask['subject'], limit: number): Alert[] {
  const members = state.outages.get(subject.id)?.members.map((member) => member.state.id) ?? [];
  const occurrences = new Set(subject.kind === 'occurrence' ? [subject.id] : members);
  return [...state.alerts.values()]
    .filter(({ occurrence }) => occurrence !== undefined && occurrences.has(occurrence))
    .sort((a, b) => (a.startsAt < b.startsAt ? -1 : Number(a.startsAt > b.startsAt)))
    .slice(0, limit)
    .map(toAlert);
}

/** As it was told, with what became of it. */
export function toAlert({ alert, endsAt }: KeptAlert): Alert {
  return structuredClone(endsAt === undefined ? alert : { ...alert, status: 'resolved', endsAt });
}
