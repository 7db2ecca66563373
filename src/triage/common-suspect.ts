import type { CommonSuspect } from '../domain/outage.ts';
import { toName } from '../domain/plain-name.ts';
import { isHub, type ServiceGraph } from '../domain/topology.ts';
import { followCalls } from './call-paths.ts';

/** A service that alerts, and since when. */
export interface AlertingService {
  readonly service: string;
  readonly startedAt: string;
}

export interface RankedSuspect {
  readonly service: string;
  /** Alerting services that are this one or call it, directly or through others. */
  readonly explained: readonly string[];
  /** Calls from all of those to it. */
  readonly calls: number;
  readonly startedAt: string | undefined;
}

/** Beyond these known ones the ranking says nothing new, and each costs a walk through the graph. */
const MAX_ALERTING = 200;
const NAMED = 5;

/**
 * Services that would explain what alerts, best first: whoever most of it depends on; then the nearest to it, which no
 * service behind it can beat without explaining more; then one that alerts itself, and since longest. A hub (a telemetry
 * collector) that does not alert is no suspect, for everything calls it.
 */
export function rankSuspects(alerting: readonly AlertingService[], graph: ServiceGraph): RankedSuspect[] {
  const starts = earliestStarts(alerting, graph);
  const suspects = new Map<string, { explained: string[]; calls: number }>();
  for (const service of starts.keys()) {
    for (const [callee, calls] of followCalls(graph, 'downstream', [service])) {
      if (isHub(graph, callee) && !starts.has(callee)) continue;
      const suspect = suspects.get(callee) ?? { explained: [], calls: 0 };
      suspect.explained.push(service);
      suspect.calls += calls;
      suspects.set(callee, suspect);
    }
  }
  return [...suspects]
    .map(([service, found]) => ({ service, ...found, startedAt: starts.get(service) }))
    .sort(compareSuspects);
}

/** Undefined while no service explains more than one that alerts. Those that no topology knows count: nothing explains them. */
export function findCommonSuspect(
  alerting: readonly AlertingService[],
  graph: ServiceGraph,
): CommonSuspect | undefined {
  const [best] = rankSuspects(alerting, graph);
  if (!best || best.explained.length < 2) return undefined;
  const all = earliestStarts(alerting, graph);
  return {
    service: best.service,
    explains: best.explained.length / all.size,
    reasons: listReasons(best, [...all.values()]),
  };
}

function compareSuspects(a: RankedSuspect, b: RankedSuspect): number {
  return (
    b.explained.length - a.explained.length ||
    a.calls - b.calls ||
    Number(b.startedAt !== undefined) - Number(a.startedAt !== undefined) ||
    compareText(a.startedAt ?? '', b.startedAt ?? '') ||
    compareText(a.service, b.service)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function listReasons({ service, explained, startedAt }: RankedSuspect, starts: readonly string[]): string[] {
  const name = toName(service);
  const callers = explained.filter((each) => each !== service);
  const listed = callers.slice(0, NAMED).map(toName).join(', ');
  const more = callers.length > NAMED ? ` and ${callers.length - NAMED} more` : '';
  const isFirst = startedAt !== undefined && starts.every((start) => startedAt <= start);
  return [
    `${explained.length} of ${starts.length} alerting services are ${name} or call it`,
    `called, directly or through others, by ${listed}${more}`,
    ...(startedAt === undefined ? [`${name} itself does not alert`] : [`${name} alerts since ${startedAt}`]),
    ...(isFirst && starts.length > 1 ? ['no other of them began earlier'] : []),
  ];
}

/** Each service once, with its first start, in the order in which they are told; all that nobody knows, and so many others. */
function earliestStarts(alerting: readonly AlertingService[], { services }: ServiceGraph): Map<string, string> {
  const starts = new Map<string, string>();
  let walked = 0;
  for (const { service, startedAt } of alerting) {
    const told = starts.get(service);
    if (told !== undefined) {
      if (startedAt < told) starts.set(service, startedAt);
    } else if (!services.has(service) || ++walked <= MAX_ALERTING) starts.set(service, startedAt);
  }
  return starts;
}
