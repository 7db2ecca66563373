import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph, buildIncident, buildRunbook } from '../../testing/knowledge-builder.ts';
import { normalise } from '../normalise.ts';
import { boostsOf, timeDecay, topologyBoost } from './boosts.ts';
import { buildKnowledge } from './knowledge.ts';

const graph = buildGraph('web-server > pre-processor > inference-server > gpu-node');
const knowledge = { graph, knownServices: new Map<string, string>(), supersededRunbooks: new Set(['old']) };
const now = new Date('2026-06-01T00:00:00Z');

describe('topology', () => {
  it.each([
    ['web-server', 1],
    ['pre-processor', 0.5],
    ['inference-server', 0.25],
    ['gpu-node', 0],
    ['somewhere-else', 0],
  ])('a document about %s counts %f for an alert on web-server', (service, expected) => {
    const document = buildRunbook({ id: 'r', services: [service] });
    expect(topologyBoost(document, ['web-server'], knowledge)).toBe(expected);
  });

  it('counts callers as it counts callees', () => {
    expect(topologyBoost(buildRunbook({ id: 'r', services: ['web-server'] }), ['pre-processor'], knowledge)).toBe(0.5);
  });

  it('takes the nearest of several services', () => {
    const document = buildRunbook({ id: 'r', services: ['gpu-node', 'pre-processor'] });
    expect(topologyBoost(document, ['web-server', 'inference-server'], knowledge)).toBe(0.5);
  });

  it('says nothing when the alert names no service', () => {
    expect(topologyBoost(buildRunbook({ id: 'r', services: ['web-server'] }), [], knowledge)).toBeUndefined();
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
    const dated = boostsOf(buildIncident({ id: 'a', date: '2020-01-01' }), query, knowledge);
    expect(boostsOf(buildIncident({ id: 'b' }), query, knowledge).factor).toBeLessThanOrEqual(dated.factor);
  });

  it('is none of a runbook', () => {
    expect(boostsOf(buildRunbook({ id: 'r' }), { services: [], now }, knowledge)).toEqual({ factor: 1 });
  });
});

describe('the factor', () => {
  it('is 1 for a fresh incident on the same service, and only ever takes away', () => {
    const query = { services: ['web-server'], now };
    const near = buildIncident({ id: 'a', date: '2026-06-01', services: ['web-server'] });
    const far = buildIncident({ id: 'b', date: '2020-06-01', services: ['gpu-node'] });
    expect(boostsOf(near, query, knowledge)).toEqual({ factor: 1, topology: 1, decay: 1 });
    expect(boostsOf(far, query, knowledge).factor).toBeCloseTo(0.85 * 0.95, 10);
  });

  it('halves what was superseded, whichever kind it is', () => {
    const query = { services: [], now };
    expect(boostsOf(buildRunbook({ id: 'old' }), query, knowledge).factor).toBe(0.5);
    const incident = buildIncident({ id: 'i', date: '2026-06-01', supersededBy: 'j' });
    expect(boostsOf(incident, query, knowledge).factor).toBe(0.5);
  });
});
