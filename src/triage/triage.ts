import type { KnownServices } from '../domain/known-services.ts';
import type { ServiceGraph } from '../domain/topology.ts';
import type {
  AnsweredSituation,
  LoneOccurrence,
  OpenOutage,
  QueuedOccurrence,
  TriageDecision,
  TriageOutcome,
} from '../domain/triage.ts';
import { toArrival } from './arrival.ts';
import { decide } from './decide.ts';
import type { Arrival } from './gathering.ts';
import { createNeighbourhood, type Neighbourhood } from './neighbourhood.ts';
import { findDue, pickDue } from './rediagnose.ts';
import { createScene, type Scene } from './scene.ts';

export interface TriageSettings {
  /** What arrives further apart than this is not one outage. */
  readonly outageWindowSeconds: number;
  /** Older outages are joined no more: a new one begins. */
  readonly maxOutageSeconds: number;
  /** Diagnoses of a namespace within the window; what comes after them and is related to nothing is taken together. */
  readonly stormAfterDiagnoses: number;
}

/** Nobody works on more than a handful of unrelated things within five minutes. */
export const DEFAULT_TRIAGE: TriageSettings = {
  outageWindowSeconds: 300,
  maxOutageSeconds: 3_600,
  stormAfterDiagnoses: 8,
};

export interface TriageInput {
  readonly queued: readonly QueuedOccurrence[];
  readonly openOutages: readonly OpenOutage[];
  /** Decided occurrences outside any outage that arrived within the window. */
  readonly lone: readonly LoneOccurrence[];
  readonly answered: readonly AnsweredSituation[];
  /** Diagnoses begun within the window, by namespace. */
  readonly diagnosed: ReadonlyMap<string, number>;
  readonly graph: ServiceGraph;
  readonly knownServices: KnownServices;
  readonly settings?: TriageSettings;
  readonly now: Date;
  /** For outages that begin. */
  readonly newId: () => string;
}

/**
 * Decides what becomes of every queued occurrence, the oldest first, each namespace by itself, and which outages are due for
 * a diagnosis of all their members. Makes the same of the same input.
 */
export function triage(input: TriageInput): TriageOutcome {
  const neighbourhood = createNeighbourhood(input.graph);
  const arrivals = new Map(
    [...input.queued, ...input.lone].map((occurrence) => [occurrence.id, toArrival(occurrence, input.knownServices)]),
  );
  const namespaces = new Set([...input.queued, ...input.openOutages].map(({ namespace }) => namespace));
  const outcomes = [...namespaces].map((namespace) => triageNamespace(namespace, input, arrivals, neighbourhood));
  return {
    decisions: outcomes.flatMap(({ decisions }) => decisions),
    rediagnose: outcomes.flatMap(({ rediagnose }) => rediagnose),
  };
}

function triageNamespace(
  namespace: string,
  input: TriageInput,
  arrivals: ReadonlyMap<string, Arrival>,
  neighbourhood: Neighbourhood,
): TriageOutcome {
  const settings = input.settings ?? DEFAULT_TRIAGE;
  const scene = createScene(namespace, { ...input, settings }, arrivals, neighbourhood);
  const queued = input.queued
    .flatMap(({ id }) => arrivals.get(id) ?? [])
    .filter((each) => each.namespace === namespace);
  queued.sort((a, b) => a.arrivedAt - b.arrivedAt || (a.id < b.id ? -1 : 1));
  for (const arrival of queued) decide(scene, arrival);
  return { decisions: withoutDangling(scene), rediagnose: listDue(scene, input.now.getTime()) };
}

/** An answer to be reused whose occurrence then became part of an outage will never be made: whoever waits for it joins too. */
function withoutDangling({ decisions }: Scene): TriageDecision[] {
  return [...decisions.values()].map((decision) => {
    const source = decision.kind === 'reuse' ? decisions.get(decision.diagnosis) : undefined;
    if (source?.kind !== 'join') return decision;
    const { outage, services } = source;
    const reason = 'the same alert as another of these';
    return { occurrence: decision.occurrence, kind: 'join', outage, services, because: 'same-alert', reason };
  });
}

function listDue({ outages, begun, settings }: Scene, now: number): string[] {
  const due = outages.flatMap(({ gathering, diagnosedCount, lastDiagnosedAt }) => {
    const { id, memberCount, lastJoinedAt } = gathering;
    const because = findDue({ memberCount, diagnosedCount, lastJoinedAt, lastDiagnosedAt }, now);
    return because === undefined ? [] : [{ id, because, unseen: memberCount - diagnosedCount }];
  });
  const times = outages.flatMap(({ lastDiagnosedAt }) => lastDiagnosedAt ?? []);
  const lastDiagnosedAt = times.length === 0 ? undefined : Math.max(...times);
  return pickDue(due, { left: settings.stormAfterDiagnoses - begun, lastDiagnosedAt }, now).map(({ id }) => id);
}
