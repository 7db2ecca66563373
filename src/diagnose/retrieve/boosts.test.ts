import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument } from '../../domain/document.ts';
import { buildGraph, buildIncident, buildRunbook } from '../../testing/knowledge-builder.ts';
import { normalise } from '../normalise.ts';
import { type BoostQuery, createBooster, timeDecay } from './boosts.ts';
import { buildKnowledge } from './knowledge.ts';

const graph = buildGraph('web-server > pre-processor > inference-server > gpu-node');
const successor = buildIncident({ id: 'j', date: '2026-03-01' });
const knowledge = {
  documents: new Map<string, KnowledgeDocument>([['incident:j', successor]]),
  graph,
  knownServices: new Map<string, string>(),
  supersededRunbooks: new Map([['old', 'new']]),
};
const now = new Date('2026-06-01T00:00:00Z');

type Shelf = Parameters<typeof createBooster>[1];

function topologyBoost(document: KnowledgeDocument, services: readonly string[], shelf: Shelf = knowledge) {
  return createBooster({ services, now }, shelf)(document).parts.topology;
}

function boostsOf(document: KnowledgeDocument, query: BoostQuery) {
  return createBooster(query, knowledge)(document);
}

describe('topology', () => {
  it.each([
    ['web-server', 1],
    ['pre-processor', 0.5],
    ['inference-server', 0.25],
    ['gpu-node', 0],
    ['somewhere-else', 0],
  ])('a document about %s counts %f for an alert on web-server', (service, expected) => {
    const document = buildRunbook({ id: 'r', services: [service] });
    expect(topologyBoost(document, ['web-server'])).toBe(expected);
  });

  it('counts callers as it counts callees', () => {
    expect(topologyBoost(buildRunbook({ id: 'r', services: ['web-server'] }), ['pre-processor'])).toBe(0.5);
  });

  it('takes the nearest of several services', () => {
    const document = buildRunbook({ id: 'r', services: ['gpu-node', 'pre-processor'] });
    expect(topologyBoost(document, ['web-server', 'inference-server'])).toBe(0.5);
  });

  it('puts what reaches every alerting service before what reaches one of them', () => {
    const alerting = ['web-server', 'inference-server'];
    const between = topologyBoost(buildRunbook({ id: 'r', services: ['pre-processor'] }), alerting) ?? 0;
    const beside = topologyBoost(buildRunbook({ id: 'r', services: ['gpu-node'] }), alerting) ?? 0;
    expect(between).toBe(0.5);
    expect(beside).toBe((0.5 + 0.25) / 2);
  });

  it('says nothing when the alert names no service', () => {
    expect(topologyBoost(buildRunbook({ id: 'r', services: ['web-server'] }), [])).toBeUndefined();
  });
});

describe('capitals', () => {
  it.each(['checkout', 'Checkout', 'CHECKOUT'])(
    'do not hide that an incident was at the alerting service %s',
    async (service) => {
      const incident = buildIncident({ id: 'i', services: ['Checkout'] });
      const generation = {
        key: 'g',
        model: { id: 'm', checksum: 'c', dimension: 2 },
        sources: [],
        publishedAt: '',
        documents: 1,
        chunks: 0,
      };
      const loaded = await buildKnowledge(generation, [incident]);
      expect(topologyBoost(incident, [service], loaded)).toBe(1);
      const { services } = normalise(
        {
          groupLabels: {},
          commonLabels: { service },
          commonAnnotations: {},
          alerts: [{ labels: {}, annotations: {} }],
        },
        { knownServices: loaded.knownServices },
      );
      expect(services).toEqual(['Checkout']);
    },
  );
});

describe('age', () => {
  it.each([
    ['2026-06-01', 1],
    ['2027-01-01', 1],
    ['2025-06-01', 0.5],
    ['2019-01-01', 0.5],
    [undefined, 0.5],
  ])('an incident of %s counts %f', (date, expected) => {
    expect(timeDecay(date, now)).toBeCloseTo(expected, 10);
  });

  it('never makes the older incident count more', () => {
    const day = fc.date({ min: new Date('2015-01-01'), max: new Date('2026-06-01'), noInvalidDate: true });
    fc.assert(
      fc.property(day, day, (a, b) => {
        const [older, newer] = a < b ? [a, b] : [b, a];
        const decay = (date: Date) => timeDecay(date.toISOString().slice(0, 10), now);
        expect(decay(older)).toBeLessThanOrEqual(decay(newer));
      }),
    );
  });

  it('does not let an incident gain by keeping its date to itself', () => {
    const query = { services: [], now };
    const dated = boostsOf(buildIncident({ id: 'a', date: '2020-01-01' }), query);
    expect(boostsOf(buildIncident({ id: 'b' }), query).factor).toBeLessThanOrEqual(dated.factor);
  });

  it('of a runbook counts from the day it was last found right, and slower', () => {
    const decayOf = (validated?: string) => {
      const runbook = buildRunbook({ id: 'r', ...(validated === undefined ? {} : { validated }) });
      return boostsOf(runbook, { services: [], now }).parts.decay;
    };
    expect(decayOf('2026-06-01')).toBe(1);
    expect(decayOf('2025-06-01')).toBeCloseTo(0.5 ** 0.5, 10);
    expect(decayOf()).toBe(0.5);
  });

  it('is none of a service', () => {
    const service: KnowledgeDocument = {
      ...buildRunbook({ id: 'web-server', services: ['web-server'] }),
      kind: 'service',
      system: 'shop',
      node: { name: 'web-server', dependsOn: [] },
    };
    expect(boostsOf(service, { services: [], now })).toEqual({ factor: 1, parts: {} });
  });
});

describe('the factor', () => {
  const fresh = buildIncident({ id: 'i', date: '2026-06-01' });

  it('is 1 for a fresh incident on the same service, and only ever takes away', () => {
    const query = { services: ['web-server'], now };
    const near = buildIncident({ id: 'a', date: '2026-06-01', services: ['web-server'] });
    const far = buildIncident({ id: 'b', date: '2020-06-01', services: ['gpu-node'] });
    expect(boostsOf(near, query)).toEqual({ factor: 1, parts: { topology: 1, decay: 1 } });
    expect(boostsOf(far, query).factor).toBeCloseTo(0.85 * 0.95, 10);
  });

  it.each([
    ['superseded', { supersededBy: 'j' }, 0, 0.5],
    ['deprecated', { status: 'deprecated' as const }, 0.25, 0.625],
    ['past the day nobody should rely on it', { staleAfter: '2026-05-31' }, 0.5, 0.75],
    ['a draft', { status: 'draft' as const }, 0.8, 0.9],
    ['superseded and a draft', { supersededBy: 'j', status: 'draft' as const }, 0, 0.5],
  ])('falls for what is %s', (_, fields, freshness, factor) => {
    const boosts = boostsOf({ ...fresh, ...fields }, { services: [], now });
    expect(boosts.parts.freshness).toBe(freshness);
    expect(boosts.factor).toBeCloseTo(factor, 10);
  });

  it('does not fall before that day, nor for what is stable', () => {
    const boosts = boostsOf({ ...fresh, staleAfter: '2026-06-02', status: 'stable' }, { services: [], now });
    expect(boosts).toEqual({ factor: 1, parts: { decay: 1 } });
  });

  it('does not know of a successor before it happened', () => {
    const replaced = { ...fresh, supersededBy: 'j' };
    const freshnessAt = (day: string) => {
      const asOf = new Date(day);
      return boostsOf(replaced, { services: [], now: asOf, asOf }).parts.freshness;
    };
    expect(freshnessAt('2026-03-01')).toBeUndefined();
    expect(freshnessAt('2026-03-02')).toBe(0);
  });

  it('halves a superseded runbook', () => {
    expect(boostsOf(buildRunbook({ id: 'old', validated: '2026-06-01' }), { services: [], now }).factor).toBe(0.5);
  });

  it('knows nothing of a boost that is left out', () => {
    const old = buildIncident({ id: 'i', services: ['gpu-node'], supersededBy: 'j' });
    const query = { services: ['web-server'], now, without: new Set(['topology', 'decay', 'freshness'] as const) };
    expect(boostsOf(old, query)).toEqual({ factor: 1, parts: {} });
  });
});
