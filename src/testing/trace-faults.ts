import type { LoadShape } from '../domain/trace.ts';
import { buildJaegerTraces, type JaegerTraceJson } from './trace-builder.ts';
import type { Fault, ServiceCall, WindowPlan } from './trace-plan.ts';
import { between, createRandom, pick, type Random } from './trace-random.ts';
import { SCENARIOS, type Scenario, STORIES, type Story } from './trace-scenarios.ts';
import { buildSystem, driftApart, listServices } from './trace-system.ts';

/**
 * Made-up systems with a fault of known culprit each, for choosing constants and for measuring. Unkind on purpose: noisy
 * durations, services that drift between the windows, another mix of requests, errors in the background, calls without
 * client spans, spans without kinds, faults that hit a part of the requests, culprits that few requests touch.
 */
export const FAULT_TYPES = ['latency', 'queueing', 'network', 'error', 'return', 'drop', 'healthy'] as const;
type SimpleType = (typeof FAULT_TYPES)[number];
export type FaultType = SimpleType | Scenario;

export { SCENARIOS };
export const HEALTHY_TYPES: readonly FaultType[] = ['healthy', 'more-load', 'less-load', 'other-mix'];

export interface GeneratedCase {
  readonly id: string;
  readonly type: FaultType;
  /** Undefined in a healthy case; the first of them where there are two. */
  readonly culprit: string | undefined;
  readonly culprits: readonly string[];
  /** What a reader should say of the load. */
  readonly shapes: readonly LoadShape['kind'][];
  readonly normal: { readonly data: readonly JaegerTraceJson[] };
  readonly abnormal: { readonly data: readonly JaegerTraceJson[] };
}

export interface FaultOptions extends Partial<Pick<WindowPlan, 'lostShare' | 'skewMs'>> {
  /** Every service's clock is off by up to so much, nearly the same in both windows. */
  readonly maxSkewMs?: number;
  /**
   * Windows of five to ten minutes that meet where the second begins; the fault begins so many seconds after that, or
   * before it when negative. Cases that differ in this alone are the same but for the requests in between.
   */
  readonly onsetSeconds?: number;
}

const BOUNDARY = new Date('2026-01-01T00:00:00Z');

export function buildFaultCase(type: FaultType, seed: number, options: FaultOptions = {}): GeneratedCase {
  const random = createRandom(seed * 7919 + 13);
  const story = tellStory(type, buildSystem(seed), random);
  const { roots, mix } = story;
  const background = listServices(roots)
    .filter(() => random() < 0.15)
    .map((service): Fault => ({ kind: 'error', service, share: 0.02 }));
  const traces = Math.floor(15 + random() * 110);
  const plan = {
    noise: 0.1 + 0.4 * random(),
    networkMs: 0.2 + 1.5 * random(),
    isUntagged: random() < 0.5,
    startsAt: BOUNDARY,
    lostShare: options.lostShare ?? 0,
    ...story.both,
  };
  const counts = story.traces ?? { before: traces, during: Math.floor(traces * (0.6 + 0.6 * random())) };
  const { before, during } = placeInTime({ ...story, traces: counts }, seed, options);
  const clocks = setClocks(roots, seed, options);
  const drifted = driftApart(roots, mix, random);
  const seeds = { before: seed * 2 + 1, during: seed * 2 + 2 };
  return {
    id: `${type}-${seed}`,
    type,
    culprit: story.culprits[0],
    culprits: story.culprits,
    shapes: story.shapes,
    normal: buildJaegerTraces({
      ...plan,
      ...before,
      root: roots,
      seed: seeds.before,
      skewMs: clocks.before,
      faults: [...(before.faults ?? []), ...background],
    }),
    abnormal: buildJaegerTraces({
      ...plan,
      ...during,
      root: drifted,
      seed: seeds.during,
      skewMs: clocks.during,
      faults: [...(during.faults ?? []), ...background],
    }),
  };
}

type WindowPart = Partial<WindowPlan> & Pick<WindowPlan, 'traces'>;

/** Where nobody asks for an onset, the fault is there from the first request of the second window to its last. */
function placeInTime(
  { faults, before, during, traces }: Story & Required<Pick<Story, 'traces'>>,
  seed: number,
  { onsetSeconds }: FaultOptions,
): { readonly before: WindowPart; readonly during: WindowPart } {
  if (onsetSeconds === undefined) {
    return { before: { ...before, traces: traces.before }, during: { ...during, traces: traces.during, faults } };
  }
  const rate = traces.during / between(300, 600, createRandom(seed * 31 + 7));
  const since = new Date(BOUNDARY.getTime() + onsetSeconds * 1000);
  const begun = faults.map((fault): Fault => ({ ...fault, since }));
  const startsAt = new Date(BOUNDARY.getTime() - Math.round((traces.before / rate) * 1000));
  return {
    before: { ...before, rate, startsAt, traces: traces.before, faults: begun, isIndependent: true },
    during: { ...during, rate, traces: traces.during, faults: begun, isIndependent: true },
  };
}

/** Clocks have a sequence of random numbers to themselves: all but the times stays as it is without them. */
function setClocks(roots: readonly ServiceCall[], seed: number, { skewMs = {}, maxSkewMs }: FaultOptions) {
  if (maxSkewMs === undefined) return { before: skewMs, during: skewMs };
  const random = createRandom(seed * 17 + 3);
  const offsets = listServices(roots).map((service) => [service, between(-maxSkewMs, maxSkewMs, random)] as const);
  const drifted = offsets.map(([service, ms]) => [service, ms * between(0.9, 1.1, random)] as const);
  return { before: Object.fromEntries(offsets), during: Object.fromEntries(drifted) };
}

function tellStory(type: FaultType, roots: readonly ServiceCall[], random: Random): Story {
  if (isScenario(type)) return STORIES[type](roots, random);
  const services = listServices(roots);
  // Nobody calls the entry, so its network and its refusals do not show in traces.
  const culprit = pick(random, type === 'network' || type === 'drop' ? services.slice(1) : services) ?? '';
  if (type === 'healthy') return { roots, culprits: [], faults: [], shapes: [], mix: 'drifted' };
  const faults = [buildFault(type, culprit, random)];
  const isSlow = type === 'latency' || type === 'queueing' || type === 'network';
  return { roots, culprits: [culprit], faults, shapes: isSlow ? ['slowdown'] : [], mix: 'drifted' };
}

function isScenario(type: FaultType): type is Scenario {
  return SCENARIOS.some((scenario) => scenario === type);
}

function buildFault(kind: Exclude<SimpleType, 'healthy'>, service: string, random: Random): Fault {
  const share = random() < 0.6 ? 1 : 0.25 + 0.5 * random();
  if (kind === 'drop') return { kind, service, timeoutMs: 500 + 1500 * random(), share: share * 0.7 };
  if (kind === 'error') return { kind, service, share: share * 0.6 };
  if (kind === 'return') return { kind, service, share };
  return { kind, service, addMs: 8 * 60 ** random(), share };
}
