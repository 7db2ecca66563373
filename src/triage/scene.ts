import type {
  AnsweredSituation,
  LoneOccurrence,
  OpenOutage,
  QueuedOccurrence,
  TriageDecision,
} from '../domain/triage.ts';
import { type Arrival, addService, createGathering, type Gathering, type Reach } from './gathering.ts';
import type { Neighbourhood } from './neighbourhood.ts';

/** An outage that may grow in this triage, with what its next diagnosis is decided by. */
export interface GrowingOutage {
  readonly gathering: Gathering;
  readonly diagnosedCount: number;
  readonly lastDiagnosedAt: number | undefined;
  /** It is over: nobody joins it. */
  readonly closed: boolean;
}

/** What is going on in one namespace, as it changes with every decision of a triage. */
export interface Scene {
  readonly reach: Reach;
  readonly settings: { readonly stormAfterDiagnoses: number; readonly outageWindowSeconds: number };
  readonly neighbourhood: Neighbourhood;
  readonly newId: () => string;
  readonly outages: GrowingOutage[];
  /** Those that stand alone, by their id, the oldest first. */
  readonly lone: Map<string, Arrival>;
  /** By situation: the diagnosis that answers it, done or at work. */
  readonly answers: Map<string, string>;
  readonly decisions: Map<string, TriageDecision>;
  /** Diagnoses begun within the window. */
  begun: number;
}

interface SceneInput {
  readonly queued: readonly QueuedOccurrence[];
  readonly openOutages: readonly OpenOutage[];
  readonly lone: readonly LoneOccurrence[];
  readonly answered: readonly AnsweredSituation[];
  readonly diagnosed: ReadonlyMap<string, number>;
  readonly settings: {
    readonly outageWindowSeconds: number;
    readonly maxOutageSeconds: number;
    readonly stormAfterDiagnoses: number;
  };
  readonly newId: () => string;
}

/** Each arrival is compared with each of them. */
const MAX_LONE = 200;

export function createScene(
  namespace: string,
  input: SceneInput,
  arrivals: ReadonlyMap<string, Arrival>,
  neighbourhood: Neighbourhood,
): Scene {
  const { settings, newId } = input;
  const lone = input.lone.filter((each) => each.namespace === namespace);
  const scene: Scene = {
    reach: { windowMs: settings.outageWindowSeconds * 1_000, maxAgeMs: settings.maxOutageSeconds * 1_000 },
    settings,
    neighbourhood,
    newId,
    outages: input.openOutages
      .filter((outage) => outage.namespace === namespace)
      .map((outage) => toGrowing(outage, neighbourhood)),
    lone: new Map(),
    answers: new Map([
      ...lone.filter(({ pending }) => pending).map(({ situationKey, diagnosis }) => [situationKey, diagnosis] as const),
      ...input.answered
        .filter((each) => each.namespace === namespace)
        .map(({ situationKey, diagnosisId }) => [situationKey, diagnosisId] as const),
    ]),
    decisions: new Map(),
    begun: input.diagnosed.get(namespace) ?? 0,
  };
  const known = lone.flatMap(({ id }) => arrivals.get(id) ?? []);
  for (const arrival of known.sort((a, b) => a.arrivedAt - b.arrivedAt || (a.id < b.id ? -1 : 1)))
    addLone(scene, arrival);
  return scene;
}

/** It may yet become the first of an outage. */
export function addLone(scene: Scene, arrival: Arrival): void {
  scene.lone.set(arrival.id, arrival);
  const [oldest] = scene.lone.keys();
  if (scene.lone.size > MAX_LONE && oldest !== undefined) scene.lone.delete(oldest);
}

export function beginOutage(scene: Scene, first: Arrival, storm = false): Gathering {
  const gathering = createGathering(first, scene.neighbourhood, scene.newId(), storm);
  scene.outages.push({ gathering, diagnosedCount: 0, lastDiagnosedAt: undefined, closed: false });
  scene.begun++;
  return gathering;
}

function toGrowing(outage: OpenOutage, neighbourhood: Neighbourhood): GrowingOutage {
  const gathering: Gathering = {
    id: outage.id,
    openedAt: Date.parse(outage.openedAt),
    startedAt: Date.parse(outage.startedAt),
    storm: outage.storm ?? false,
    alertNames: new Set(outage.alertNames),
    services: new Set(),
    near: new Map(),
    lastJoinedAt: Date.parse(outage.lastJoinedAt),
    memberCount: outage.memberCount,
  };
  for (const service of outage.services) addService(gathering, service, neighbourhood);
  return {
    gathering,
    diagnosedCount: outage.diagnosedCount,
    lastDiagnosedAt: outage.lastDiagnosedAt === undefined ? undefined : Date.parse(outage.lastDiagnosedAt),
    closed: outage.resolvedAt !== undefined,
  };
}
