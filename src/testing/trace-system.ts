import type { ServiceCall } from './trace-plan.ts';
import { createRandom, gaussian, pick, type Random } from './trace-random.ts';

/** Longer traces than this cost time and teach nothing new. */
const MAX_CALLS = 150;
/** Sigma of the log-normal by which each service's speed differs between two healthy windows. */
const DRIFT = 0.08;

/** From 6 to 19 services; each calls only later ones, so there is no cycle. The first is the entry. */
export function buildSystem(seed: number): ServiceCall[] {
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

/** How often each of the roots is asked for: once each, or as it happens, or mostly others than before. */
export type Mix = 'same' | 'drifted' | 'other';

/** The same system an hour later: every service a little faster or slower, other requests more frequent. */
export function driftApart(roots: readonly ServiceCall[], mix: Mix, random: Random): ServiceCall[] {
  const factors = new Map(listServices(roots).map((service) => [service, Math.exp(DRIFT * gaussian(random))]));
  const drift = (root: ServiceCall) => scaleTime([root], (service) => factors.get(service) ?? 1);
  const favourite = mix === 'other' ? Math.floor(random() * roots.length) : -1;
  const frequencyOf = (index: number) => {
    if (mix === 'same') return 1;
    if (mix === 'drifted') return 1 + Math.floor(random() * 3);
    return index === favourite ? 6 : Math.floor(random() * 3);
  };
  return roots.flatMap((root, index) => Array.from({ length: frequencyOf(index) }, () => drift(root)).flat());
}

/** The same calls with each service so many times as slow. */
export function scaleTime(calls: readonly ServiceCall[], factorOf: (service: string) => number): ServiceCall[] {
  return calls.map((call) => {
    const factor = factorOf(call.service);
    return {
      ...call,
      ownMs: call.ownMs * factor,
      work: (call.work ?? []).map(({ operation, ms }) => ({ operation, ms: ms * factor })),
      calls: scaleTime(call.calls ?? [], factorOf),
    };
  });
}

/** Milliseconds that a request spends in the service itself, on average over the roots. */
export function expectOwnMs(roots: readonly ServiceCall[], isMeant: (service: string) => boolean): number {
  const visit = ({ service, ownMs, work = [], calls = [], probability = 1 }: ServiceCall): number => {
    const own = isMeant(service) ? work.reduce((sum, { ms }) => sum + ms, ownMs) : 0;
    return probability * calls.reduce((sum, next) => sum + visit(next), own);
  };
  return roots.reduce((sum, root) => sum + visit(root), 0) / roots.length;
}

function countCalls(call: ServiceCall): number {
  return 1 + (call.calls ?? []).reduce((sum, next) => sum + countCalls(next), 0);
}

export function listServices(roots: readonly ServiceCall[]): string[] {
  const services = new Set<string>();
  const visit = (call: ServiceCall): void => {
    services.add(call.service);
    call.calls?.forEach(visit);
  };
  roots.forEach(visit);
  return [...services];
}
