import type { LoadShape } from '../domain/trace.ts';
import type { Fault, ServiceCall, WindowPlan } from './trace-plan.ts';
import { between, pick, type Random } from './trace-random.ts';
import { expectOwnMs, listServices, type Mix, scaleTime } from './trace-system.ts';

/** Stories that one fault in one service does not tell. */
export const SCENARIOS = [
  /** A service is down to one worker thread of eight: requests wait in its server span's own time. */
  'single-worker',
  /** More requests than a service can serve; the queue grows as long as it lasts. */
  'saturation',
  /** The consumer of messages is slow, or messages wait. */
  'async',
  /** Two services at fault, neither of which calls the other. */
  'two-culprits',
  /** Errors show at the entry alone: it gave up waiting, or whoever is between keeps silent. */
  'frontend-symptom',
  /** Some calls fail, and callers try again. */
  'retries',
  'more-load',
  'less-load',
  'other-mix',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

export interface Story {
  readonly roots: readonly ServiceCall[];
  /** None in a healthy story. */
  readonly culprits: readonly string[];
  readonly faults: readonly Fault[];
  readonly shapes: readonly LoadShape['kind'][];
  readonly mix: Mix;
  /** In both windows alike, in the first, in the second. */
  readonly both?: Partial<WindowPlan>;
  readonly before?: Partial<WindowPlan>;
  readonly during?: Partial<WindowPlan>;
  /** Requests of the two windows; as many as elsewhere, when absent. */
  readonly traces?: { readonly before: number; readonly during: number };
}

type Tell = (roots: readonly ServiceCall[], random: Random) => Story;

export const STORIES: Readonly<Record<Scenario, Tell>> = {
  'single-worker': tellSingleWorker,
  saturation: tellSaturation,
  async: tellAsync,
  'two-culprits': tellTwoCulprits,
  'frontend-symptom': tellFrontendSymptom,
  retries: tellRetries,
  'more-load': (roots, random) => tellLoad('more-load', between(1.8, 3, random), roots, random),
  'less-load': (roots, random) => tellLoad('less-load', between(0.3, 0.55, random), roots, random),
  'other-mix': (roots) => ({ roots, culprits: [], faults: [], shapes: [], mix: 'other' }),
};

function tellSingleWorker(roots: readonly ServiceCall[], random: Random): Story {
  const { culprit, slower, perSecond } = chooseBottleneck(roots, random);
  const traces = { before: Math.floor(between(50, 100, random)), during: Math.floor(between(80, 130, random)) };
  return {
    roots: slower,
    culprits: [culprit],
    faults: [],
    shapes: ['saturation'],
    mix: 'same',
    both: { arrivals: 'random', rate: perSecond * between(0.85, 1.3, random) },
    before: { workers: { [culprit]: 8 } },
    during: { workers: { [culprit]: 1 } },
    traces,
  };
}

function tellSaturation(roots: readonly ServiceCall[], random: Random): Story {
  const { culprit, slower, perSecond } = chooseBottleneck(roots, random);
  const workers = 1 + Math.floor(3 * random());
  return {
    roots: slower,
    culprits: [culprit],
    faults: [],
    shapes: ['saturation', 'more-load'],
    mix: 'same',
    both: { arrivals: 'random', workers: { [culprit]: workers } },
    before: { rate: workers * perSecond * between(0.2, 0.4, random) },
    during: { rate: workers * perSecond * between(1.15, 2, random) },
    traces: { before: Math.floor(between(40, 70, random)), during: Math.floor(between(100, 150, random)) },
  };
}

/** A service made so slow that its worker, busy with each request for 20 to 200 ms, can serve so many per second. */
function chooseBottleneck(roots: readonly ServiceCall[], random: Random) {
  const culprit = pick(random, listServices(roots)) ?? '';
  const busyMs = 20 * 10 ** random();
  const factor = busyMs / expectOwnMs(roots, (service) => service === culprit);
  const slower = scaleTime(roots, (service) => (service === culprit ? factor : 1));
  return { culprit, slower, perSecond: 1000 / busyMs };
}

function tellAsync(roots: readonly ServiceCall[], random: Random): Story {
  const culprit = pick(random, listServices(roots).slice(1)) ?? '';
  const handOver = (call: ServiceCall): ServiceCall => ({
    ...call,
    ...(call.service === culprit ? { isAsync: true, through: `send-${culprit}` } : {}),
    calls: (call.calls ?? []).map(handOver),
  });
  const share = random() < 0.6 ? 1 : between(0.25, 0.75, random);
  const kind = random() < 0.5 ? 'latency' : 'lag';
  return {
    roots: roots.map(handOver),
    culprits: [culprit],
    faults: [{ kind, service: culprit, addMs: 20 * 60 ** random(), share }],
    shapes: [],
    mix: 'drifted',
  };
}

function tellTwoCulprits(roots: readonly ServiceCall[], random: Random): Story {
  const culprits = chooseIndependent(roots, random);
  const faults = culprits.map((service): Fault => {
    const share = random() < 0.6 ? 1 : between(0.25, 0.75, random);
    if (random() < 0.3) return { kind: 'error', service, share: share * 0.6 };
    return { kind: random() < 0.5 ? 'latency' : 'queueing', service, addMs: 8 * 60 ** random(), share };
  });
  return { roots, culprits, faults, shapes: [], mix: 'drifted' };
}

/** Two services, neither of which calls the other however far down; where there are none, any two. */
function chooseIndependent(roots: readonly ServiceCall[], random: Random): string[] {
  const services = listServices(roots);
  const below = new Map(services.map((service) => [service, new Set<string>()]));
  const visit = (call: ServiceCall, above: readonly string[]): void => {
    for (const caller of above) below.get(caller)?.add(call.service);
    for (const next of call.calls ?? []) visit(next, [...above, call.service]);
  };
  for (const root of roots) visit(root, []);
  const pairs = services.flatMap((a, at) => services.slice(at + 1).map((b) => [a, b] as const));
  const apart = pairs.filter(([a, b]) => !below.get(a)?.has(b) && !below.get(b)?.has(a));
  return [...(pick(random, apart.length > 0 ? apart : pairs) ?? [])];
}

function tellFrontendSymptom(roots: readonly ServiceCall[], random: Random): Story {
  const [entry = ''] = listServices(roots);
  const culprit = pick(random, listDeep(roots)) ?? '';
  const share = between(0.3, 1, random);
  const story = { roots, culprits: [culprit], shapes: [], mix: 'drifted' } as const;
  if (random() < 0.5) {
    const silent = listServices(roots).filter((service) => service !== entry && service !== culprit);
    return { ...story, faults: [{ kind: 'error', service: culprit, share: share * 0.7 }], both: { silent } };
  }
  // Far beyond what a whole request takes on a good day.
  const ms = 50 + 4 * Math.max(...roots.map((root) => expectOwnMs([root], () => true)));
  const faults: Fault[] = [{ kind: 'latency', service: culprit, addMs: ms * between(1.3, 2.5, random), share }];
  return { ...story, faults, both: { deadline: { service: entry, ms } } };
}

/** Services that requests reach while somebody waits, two calls from the entry or more; else one. */
function listDeep(roots: readonly ServiceCall[]): string[] {
  const depths = new Map<string, number>();
  const visit = (call: ServiceCall, depth: number): void => {
    depths.set(call.service, Math.min(depth, depths.get(call.service) ?? depth));
    for (const next of call.calls ?? []) if (!next.isAsync) visit(next, depth + 1);
  };
  for (const root of roots) visit(root, 0);
  const atLeast = (least: number) => [...depths].filter(([, depth]) => depth >= least).map(([service]) => service);
  const deep = atLeast(2);
  return deep.length > 0 ? deep : atLeast(1);
}

function tellRetries(roots: readonly ServiceCall[], random: Random): Story {
  const culprit = pick(random, listServices(roots).slice(1)) ?? '';
  const faults: Fault[] = [{ kind: 'flaky', service: culprit, failShare: between(0.3, 0.8, random) }];
  return { roots, culprits: [culprit], faults, shapes: [], mix: 'drifted', both: { attempts: { [culprit]: 3 } } };
}

function tellLoad(kind: LoadShape['kind'], factor: number, roots: readonly ServiceCall[], random: Random): Story {
  const rate = between(0.5, 20, random);
  const traces = Math.floor(between(40, 80, random));
  return {
    roots,
    culprits: [],
    faults: [],
    shapes: [kind],
    mix: 'drifted',
    both: { arrivals: random() < 0.5 ? 'random' : 'regular' },
    before: { rate },
    during: { rate: rate * factor },
    traces: { before: traces, during: Math.max(12, Math.round(traces * factor)) },
  };
}
