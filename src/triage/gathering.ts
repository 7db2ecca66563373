import type { JoinReason } from '../domain/outage.ts';
import { toName } from '../domain/plain-name.ts';
import type { Neighbourhood } from './neighbourhood.ts';

/** An occurrence as a triage sees it: its times as numbers, the known services that it names. */
export interface Arrival {
  readonly id: string;
  readonly namespace: string;
  readonly situationKey: string;
  readonly arrivedAt: number;
  readonly startedAt: number;
  readonly alertNames: readonly string[];
  readonly services: readonly string[];
}

/** What an arrival may be related to: an outage, or an occurrence that stands alone so far. */
export interface Gathering {
  readonly id: string;
  readonly openedAt: number;
  readonly startedAt: number;
  readonly storm: boolean;
  readonly alertNames: Set<string>;
  readonly services: Set<string>;
  /** Services near to one of `services`: to which one, and how many calls away. */
  readonly near: Map<string, { readonly hops: number; readonly from: string }>;
  lastJoinedAt: number;
  memberCount: number;
}

export interface Relation {
  readonly because: JoinReason;
  /** The same in words, for the one that is chosen of many. */
  readonly tell: () => string;
  /** Calls between the two; the same alert without a call that is known comes after all of those. */
  readonly distance: number;
}

export interface Reach {
  readonly windowMs: number;
  readonly maxAgeMs: number;
}

/** More services than this say no more about where an outage is, and each makes the next alert more likely to belong. */
const MAX_SERVICES = 50;
const SAME_ALERT_DISTANCE = 10;

export function createGathering(first: Arrival, neighbourhood: Neighbourhood, id: string, storm = false): Gathering {
  const gathering: Gathering = {
    id,
    openedAt: first.arrivedAt,
    startedAt: first.startedAt,
    storm,
    alertNames: new Set(),
    services: new Set(),
    near: new Map(),
    lastJoinedAt: first.arrivedAt,
    memberCount: 0,
  };
  gather(gathering, first, neighbourhood);
  return gathering;
}

/** The arrival is part of it from now on. True when others may be related to it now that were not before. */
export function gather(gathering: Gathering, arrival: Arrival, neighbourhood: Neighbourhood): boolean {
  const { alertNames, services } = gathering;
  const before = alertNames.size + services.size;
  gathering.memberCount++;
  gathering.lastJoinedAt = Math.max(gathering.lastJoinedAt, arrival.arrivedAt);
  for (const name of arrival.alertNames) alertNames.add(name);
  for (const service of arrival.services) addService(gathering, service, neighbourhood);
  return alertNames.size + services.size > before;
}

export function addService(gathering: Gathering, service: string, neighbourhood: Neighbourhood): void {
  if (gathering.services.has(service) || gathering.services.size >= MAX_SERVICES) return;
  gathering.services.add(service);
  for (const [other, hops] of neighbourhood.near(service)) {
    const before = gathering.near.get(other);
    if (before === undefined || hops < before.hops) gathering.near.set(other, { hops, from: service });
  }
}

/**
 * It arrived soon before or after another of the gathering. Where nothing ends between two alerts for a whole day, what began
 * in the morning is not what happens in the evening: after `maxAgeMs` a new gathering begins.
 */
export function isNear(gathering: Gathering, { arrivedAt }: Arrival, { windowMs, maxAgeMs }: Reach): boolean {
  const { openedAt, lastJoinedAt } = gathering;
  return (
    arrivedAt >= openedAt - windowMs &&
    arrivedAt <= lastJoinedAt + windowMs &&
    Math.abs(arrivedAt - openedAt) <= maxAgeMs
  );
}

/**
 * How the arrival is related to a gathering that is near in time. By the senders' clocks both must have begun within
 * `maxAgeMs` too: a sender that is connected tells at once of everything that has been firing for weeks.
 */
export function findRelation(
  gathering: Gathering,
  arrival: Arrival,
  neighbourhood: Neighbourhood,
  reach: Reach,
): Relation | undefined {
  if (!isNear(gathering, arrival, reach)) return undefined;
  if (Math.abs(arrival.startedAt - gathering.startedAt) > reach.maxAgeMs) return undefined;
  return findByCalls(gathering, arrival, neighbourhood) ?? findByName(gathering, arrival);
}

function findByCalls({ near }: Gathering, { services }: Arrival, { describe }: Neighbourhood): Relation | undefined {
  const found = services
    .flatMap((service) => ({ service, ...near.get(service) }))
    .reduce<{ service: string; from: string; hops: number } | undefined>(
      (best, { service, from, hops }) =>
        from === undefined || hops === undefined || (best && best.hops <= hops) ? best : { service, from, hops },
      undefined,
    );
  if (!found) return undefined;
  return { because: 'topology', tell: () => describe(found.service, found.from), distance: found.hops };
}

function findByName({ alertNames }: Gathering, arrival: Arrival): Relation | undefined {
  const name = arrival.alertNames.find((alertName) => alertNames.has(alertName));
  if (name === undefined) return undefined;
  return { because: 'same-alert', tell: () => `${toName(name)} fires again`, distance: SAME_ALERT_DISTANCE };
}
