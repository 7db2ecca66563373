import type { OpenOutage } from '../domain/triage.ts';
import type { StoredMember, StoredOutage } from '../ports/intake.ts';
import type { MemoryIntakeState, OccurrenceRow, OutageRow } from './memory-intake-state.ts';

/** One that was never diagnosed is among them, however old, and over or not: somebody waits for its answer. */
export function listOpenOutages(state: MemoryIntakeState, since: string): OpenOutage[] {
  return [...state.outages.values()]
    .filter((row) => row.task === undefined || (state.resolvedAtOf(row) === undefined && lastArrival(row) >= since))
    .map((row) => toOpenOutage(state, row));
}

function lastArrival({ members }: OutageRow): string {
  return (
    members
      .map(({ receivedAt }) => receivedAt)
      .toSorted()
      .at(-1) ?? ''
  );
}

function firstArrival({ members }: OutageRow): string {
  return members.map(({ receivedAt }) => receivedAt).toSorted()[0] ?? '';
}

export function listOutages(state: MemoryIntakeState, namespace: string | undefined, limit: number): StoredOutage[] {
  return [...state.outages.values()]
    .filter((row) => namespace === undefined || row.namespace === namespace)
    .reverse()
    .sort((a, b) => (firstArrival(a) < firstArrival(b) ? 1 : -Number(firstArrival(a) > firstArrival(b))))
    .slice(0, limit)
    .map((row) => toStoredOutage(state, row));
}

function toOpenOutage(state: MemoryIntakeState, row: OutageRow): OpenOutage {
  const { id, namespace, members, diagnosedCount, lastDiagnosedAt } = row;
  const resolvedAt = state.resolvedAtOf(row);
  return {
    id,
    namespace,
    openedAt: firstArrival(row),
    lastJoinedAt: lastArrival(row),
    ...(members[0]?.membership?.because === 'storm' ? { storm: true } : {}),
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    alertNames: [...new Set(members.flatMap(({ situation }) => situation.alertNames))].toSorted(),
    services: [...new Set(members.flatMap(({ membership }) => membership?.services ?? []))].toSorted(),
    startedAt: members.map(({ state }) => state.startedAt).toSorted()[0] ?? '',
    memberCount: members.length,
    diagnosedCount,
    ...(lastDiagnosedAt === undefined ? {} : { lastDiagnosedAt }),
  };
}

export function toStoredOutage(state: MemoryIntakeState, row: OutageRow): StoredOutage {
  return {
    ...toOpenOutage(state, row),
    alertCount: row.members.reduce((sum, { state: { id } }) => sum + state.alertsOf(id).length, 0),
    ...(row.diagnosis === undefined ? {} : { diagnosis: row.diagnosis }),
  };
}

export function listMembers(state: MemoryIntakeState, outage: string, limit: number): StoredMember[] {
  const members = state.outages.get(outage)?.members ?? [];
  return members.slice(0, limit).flatMap((member) => toMember(member) ?? []);
}

function toMember({ state, situation, membership }: OccurrenceRow): StoredMember | undefined {
  if (!membership) return undefined;
  const { id, sender, startedAt, resolvedAt } = state;
  return {
    occurrence: id,
    sender,
    alertNames: [...situation.alertNames],
    services: [...membership.services],
    startedAt,
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    because: membership.because,
    reason: membership.reason,
    labelSets: [situation.labels, ...(situation.labelSets ?? [])],
  };
}
