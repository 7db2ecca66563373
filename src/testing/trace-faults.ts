import { buildJaegerTraces, createRandom, type JaegerTraceJson, type Random } from './trace-builder.ts';
import type { Fault, ServiceCall, WindowPlan } from './trace-plan.ts';

/**
 * Made-up systems with a fault of known culprit each, for choosing constants and for measuring. Unkind on purpose: noisy
 * durations, services that drift between the windows, another mix of requests, errors in the background, calls without
 * client spans, spans without kinds, faults that hit a part of the requests, culprits that few requests touch.
 */
export const FAULT_TYPES = ['latency', 'queueing', 'network', 'error', 'return', 'drop', 'healthy'] as const;
export type FaultType = (typeof FAULT_TYPES)[number];

export interface GeneratedCase {
  readonly id: string;
  /** Undefined in a healthy case. */
  readonly culprit: string | undefined;
  readonly normal: { readonly data: readonly JaegerTraceJson[] };
  readonly abnormal: { readonly data: readonly JaegerTraceJson[] };
}

/** Longer traces than this cost time and teach nothing new. */
const MAX_CALLS = 150;
/** Sigma of the log-normal by which each service's speed differs between two healthy windows. */
const DRIFT = 0.08;

export function buildFaultCase(
  type: FaultType,
  seed: number,
  options: Partial<Pick<WindowPlan, 'lostShare' | 'skewMs'>> = {},
): GeneratedCase {
  const random = createRandom(seed * 7919 + 13);
  const roots = buildSystem(seed);
  const services = listServices(roots);
  // Nobody calls the entry, so its network and its refusals do not show in traces.
  const candidates = type === 'network' || type === 'drop' ? services.slice(1) : services;
  const culprit = pick(random, candidates) ?? '';
  const fault = type === 'healthy' ? undefined : buildFault(type, culprit, random);
  const background = services
    .filter(() => random() < 0.15)
    .map((service): Fault => ({ kind: 'error', service, share: 0.02 }));
  const traces = Math.floor(15 + random() * 110);
  const plan = {
    noise: 0.1 + 0.4 * random(),
    networkMs: 0.2 + 1.5 * random(),
    isUntagged: random() < 0.5,
    startsAt: new Date('2026-01-01T00:00:00Z'),
    ...options,
  };
  const abnormalTraces = Math.floor(traces * (0.6 + 0.6 * random()));
  const faults = fault ? [fault, ...background] : background;
  return {
    id: `${type}-${seed}`,
    culprit: fault && culprit,
    normal: buildJaegerTraces({ ...plan, root: roots, seed: seed * 2 + 1, traces, faults: background }),
    abnormal: buildJaegerTraces({
      ...plan,
      root: driftApart(roots, services, random),
      seed: seed * 2 + 2,
      traces: abnormalTraces,
      faults,
    }),
  };
}

function buildFault(kind: Exclude<FaultType, 'healthy'>, service: string, random: Random): Fault {
  const share = random() < 0.6 ? 1 : 0.25 + 0.5 * random();
  if (kind === 'drop') return { kind, service, timeoutMs: 500 + 1500 * random(), share: share * 0.7 };
  if (kind === 'error') return { kind, service, share: share * 0.6 };
  if (kind === 'return') return { kind, service, share };
  return { kind, service, addMs: 8 * 60 ** random(), share };
}

/** From 6 to 19 services; each calls only later ones, so there is no cycle. The first is the entry. */
function buildSystem(seed: number): ServiceCall[] {
  for (let attempt = 0; ; attempt++) {
    const random = createRandom(seed + 100_000 * attempt);
    const count = 6 + Math.floor(random() * 14);
    const hasClientSpans = random() < 0.85;
    const operations: ServiceCall[][] = Array.from({ length: count }, () => []);
    for (let index = count - 1; index >= 0; index--) {
      const breadth = index === 0 ? 2 + Math.floor(random() * 4) : 1 + Math.floor(random() * 3);
      operations[index] = Array.from({ length: breadth }, (_, nth) =>
        buildOperation(index, nth, operations, random, hasClientSpans),
      );
    }
    const roots = operations[0] ?? [];
    if (roots.reduce((sum, root) => sum + countCalls(root), 0) <= MAX_CALLS) return roots;
  }
}

function buildOperation(
  index: number,
  nth: number,
  operations: readonly ServiceCall[][],
  random: Random,
  hasClientSpans: boolean,
): ServiceCall {
  const later = operations.length - index - 1;
  const fanOut = later === 0 ? 0 : index === 0 ? 1 + Math.floor(random() * 4) : Math.floor(random() * 3.2);
  const calls = Array.from({ length: fanOut }, () => {
    const targets = operations[index + 1 + Math.floor(random() * random() * later)] ?? [];
    return buildCall(pick(random, targets), random, hasClientSpans);
  });
  return {
    service: `s${index}`,
    operation: `op${nth}`,
    ownMs: Math.exp(-1.5 + random() * 4.5),
    work: Array.from({ length: Math.floor(random() * 4) }, (_, at) => ({
      operation: `${pick(random, ['select', 'compute', 'render', 'cache'])}-${at}`,
      ms: Math.exp(-1.5 + random() * 3.5),
    })),
    calls: calls.filter((call) => call !== undefined),
  };
}

function buildCall(target: ServiceCall | undefined, random: Random, hasClientSpan: boolean): ServiceCall | undefined {
  if (!target) return undefined;
  const name = random() < 0.5 ? 'HTTP GET' : `call-${target.service}-${target.operation}`;
  return {
    ...target,
    ...(hasClientSpan ? { through: name } : {}),
    ...(random() < 0.2 ? { probability: 0.3 + 0.6 * random() } : {}),
    ...(random() < 0.07 ? { isAsync: true } : {}),
  };
}

/** The same system an hour later: every service a little faster or slower, other requests more frequent. */
function driftApart(roots: readonly ServiceCall[], services: readonly string[], random: Random): ServiceCall[] {
  const factors = new Map(services.map((service) => [service, Math.exp(DRIFT * gaussian(random))]));
  const drift = (call: ServiceCall): ServiceCall => {
    const factor = factors.get(call.service) ?? 1;
    return {
      ...call,
      ownMs: call.ownMs * factor,
      work: (call.work ?? []).map(({ operation, ms }) => ({ operation, ms: ms * factor })),
      calls: (call.calls ?? []).map(drift),
    };
  };
  return roots.flatMap((root) => Array.from({ length: 1 + Math.floor(random() * 3) }, () => drift(root)));
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function countCalls(call: ServiceCall): number {
  return 1 + (call.calls ?? []).reduce((sum, next) => sum + countCalls(next), 0);
}

function listServices(roots: readonly ServiceCall[]): string[] {
  const services = new Set<string>();
  const visit = (call: ServiceCall): void => {
    services.add(call.service);
    call.calls?.forEach(visit);
  };
  roots.forEach(visit);
  return [...services];
}

function pick<Item>(random: Random, items: readonly Item[]): Item | undefined {
  return items[Math.floor(random() * items.length)];
}
