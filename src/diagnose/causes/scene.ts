import { parseSignal, type Signal } from '../../domain/signal.ts';
import { serviceOfInstance } from '../retrieve/signals.ts';

export interface Anomaly {
  readonly source: string;
  readonly instance: string;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  /** Whose call it was, where the name says so: `checkout-1>/pay`. */
  readonly caller: string | undefined;
}

/** One situation, sorted by service, so that each service can be asked what part it plays. */
export interface Scene {
  readonly byService: ReadonlyMap<string, readonly Anomaly[]>;
  readonly byCaller: ReadonlyMap<string, readonly Anomaly[]>;
  /** How many anomalies there are of each source. */
  readonly totals: ReadonlyMap<string, number>;
  /** What is wrong anywhere (`whatOf`), and at how many services. */
  readonly spread: ReadonlyMap<string, number>;
  /** Every anomaly, told without its instance. */
  readonly shown: ReadonlySet<string>;
}

/** Who calls whom, as far as declared or seen in calls. */
export interface Calls {
  readonly callers: ReadonlyMap<string, ReadonlySet<string>>;
  readonly callees: ReadonlyMap<string, ReadonlySet<string>>;
}

export function buildScene(signals: readonly Signal[]): Scene {
  const anomalies = signals.map(toAnomaly);
  const showing = groupBy(anomalies, whatOf);
  return {
    byService: groupBy(anomalies, ({ service }) => service),
    byCaller: groupBy(
      anomalies.filter(({ caller }) => caller !== undefined),
      ({ caller = '' }) => caller,
    ),
    totals: new Map([...groupBy(anomalies, ({ source }) => source)].map(([source, all]) => [source, all.length])),
    spread: new Map([...showing].map(([what, all]) => [what, new Set(all.map(({ service }) => service)).size])),
    shown: new Set(anomalies.map(tellPlace)),
  };
}

export function collectCalls(scenes: readonly Scene[], declared: Iterable<readonly [string, string]>): Calls {
  const callers = new Map<string, Set<string>>();
  const callees = new Map<string, Set<string>>();
  const note = (from: string, to: string) => {
    if (from === to) return;
    callers.set(to, (callers.get(to) ?? new Set()).add(from));
    callees.set(from, (callees.get(from) ?? new Set()).add(to));
  };
  for (const [from, to] of declared) note(from, to);
  for (const { byCaller } of scenes) {
    for (const [caller, calls] of byCaller) for (const { service } of calls) note(caller, service);
  }
  return { callers, callees };
}

/** Metrics are named alike at every service; operations and log lines are each service's own. */
export function whatOf(anomaly: Anomaly): string {
  return isMetric(anomaly) ? `${anomaly.name} ${anomaly.kind}` : `${anomaly.source} ${anomaly.kind}`;
}

export function isMetric({ source }: Anomaly): boolean {
  return source === 'metric';
}

export function groupBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

function toAnomaly(signal: Signal): Anomaly {
  const { source, service: instance, name, kind } = parseSignal(signal);
  const { caller, operation } = source === 'trace' ? splitCaller(name) : { caller: undefined, operation: name };
  return { source, instance, service: serviceOfInstance(instance), name: operation, kind, caller };
}

/** `checkout-1>/pay` is a call by checkout; `<default>/send` names no caller. */
function splitCaller(name: string): { caller: string | undefined; operation: string } {
  const [, caller, operation] = /^([\w.:-]+)>(.+)$/.exec(name) ?? [];
  return caller === undefined || operation === undefined
    ? { caller: undefined, operation: name }
    : { caller: serviceOfInstance(caller), operation };
}

function tellPlace({ source, service, name, kind, caller }: Anomaly): string {
  return `${source} ${service} ${caller === undefined ? '' : `${caller}>`}${name} ${kind}`;
}
