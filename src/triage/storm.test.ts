import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../domain/seeded-random.ts';
import type { QueuedOccurrence } from '../domain/triage.ts';
import { buildGraph } from '../testing/knowledge-builder.ts';
import { buildQueued, START } from './__fixtures__/occurrences.ts';
import { replay } from './__fixtures__/replay.ts';

const PAIRS = Array.from({ length: 30 }, (_, index) => [`front-${index}`, `back-${index}`] as const);
const LAYERS = Array.from({ length: 60 }, (_, index) => `service-${index}`);

/** Thirty systems that know nothing of each other. */
const islands = buildGraph(...PAIRS.map((pair) => pair.join(' > ')));
/** Every service calls the one at half its number. */
const tree = buildGraph(...LAYERS.slice(1).map((name, index) => `${name} > service-${Math.floor((index + 1) / 2)}`));

type Labels = (index: number, random: () => number) => Partial<QueuedOccurrence>;
const pick = (names: readonly string[], random: () => number) => names[Math.floor(random() * names.length)] ?? '';

function buildFlood(count: number, seconds: number, fields: Labels): QueuedOccurrence[] {
  const random = createSeededRandom(7);
  return Array.from({ length: count }, (_, index) => {
    const receivedAt = new Date(START.getTime() + (index / count) * seconds * 1_000).toISOString();
    return buildQueued(`o${String(index).padStart(5, '0')}`, { receivedAt, ...fields(index, random) });
  });
}

describe('a thousand occurrences in a minute', () => {
  it.each<[string, Labels, typeof tree]>([
    ['that nothing relates', () => ({}), tree],
    ['of a name each', (index) => ({ alertNames: [`Alert${index}`] }), tree],
    ['of one name', () => ({ alertNames: ['InstanceDown'] }), tree],
    ['of one system', (_, random) => ({ labels: { service: pick(LAYERS, random) } }), tree],
    ['of thirty systems', (_, random) => ({ labels: { service: pick(PAIRS.flat(), random) } }), islands],
    [
      'of thirty systems, one after the other',
      (index) => ({ labels: { service: PAIRS.flat()[index % 60] ?? '' } }),
      islands,
    ],
    ['in ten situations', (index) => ({ situationKey: `situation-${index % 10}` }), tree],
  ])('%s cost at most 20 diagnoses, and each is answered by one', (_, fields, graph) => {
    const flood = buildFlood(1_000, 60, fields);
    const { diagnoses, outageOf } = replay(flood, graph, 2_000);
    expect(diagnoses.length).toBeLessThanOrEqual(20);
    const diagnosed = new Set(diagnoses.map(({ subject }) => subject));
    const situations = new Set(flood.filter(({ id }) => diagnosed.has(id)).map(({ situationKey }) => situationKey));
    const left = flood.filter(
      ({ id, situationKey }) => !diagnosed.has(outageOf.get(id) ?? '') && !situations.has(situationKey),
    );
    expect(left).toEqual([]);
  });
});

describe('thirty unrelated occurrences of a day', () => {
  it('are diagnosed each by itself', () => {
    const { diagnoses, outages } = replay(
      buildFlood(30, 86_400, () => ({})),
      tree,
      60_000,
    );
    expect(outages).toEqual([]);
    expect(diagnoses).toHaveLength(30);
  });
});

describe('what calls a service that fails', () => {
  it.each([1, 2, 3, 4, 5])('is one outage or few, whoever tells of it first (order %i)', (seed) => {
    const random = createSeededRandom(seed);
    const callers = LAYERS.slice(1, 16)
      .map((service) => ({ service, rank: random() }))
      .sort((a, b) => a.rank - b.rank);
    const flood = buildFlood(15, 120, (index) => ({ labels: { service: callers[index]?.service ?? '' } }));
    const { outages, outageOf, diagnoses } = replay(flood, tree, 3_000);
    expect(outageOf.size).toBe(15);
    expect(outages.length).toBeLessThanOrEqual(3);
    expect(diagnoses.length).toBeLessThanOrEqual(10);
  });
});
