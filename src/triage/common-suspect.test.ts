import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildServiceGraph } from '../domain/topology.ts';
import { buildGraph } from '../testing/knowledge-builder.ts';
import { findBlastRadius } from './blast-radius.ts';
import { findCommonSuspect, rankSuspects } from './common-suspect.ts';

const START = '2026-03-01T10:00:00.000Z';
const LATER = '2026-03-01T10:05:00.000Z';
const alerting = (...services: string[]) => services.map((service) => ({ service, startedAt: START }));
const shop = buildGraph('web > checkout > payment > ledger', 'web > catalogue > store', 'app > checkout');

describe('the common suspect', () => {
  it.each([
    [['web', 'checkout', 'payment'], 'payment', 1],
    [['web', 'checkout'], 'checkout', 1],
    [['web', 'app'], 'checkout', 1],
    [['web', 'checkout', 'payment', 'catalogue'], 'payment', 0.75],
    [['web', 'store', 'unknown'], 'store', 2 / 3],
  ])('of %j is %s, which explains %d', (services, service, explains) => {
    expect(findCommonSuspect(alerting(...services), shop)).toMatchObject({ service, explains });
  });

  it.each([[[]], [['web']], [['web', 'web']], [['payment', 'store']], [['unknown', 'other']]])(
    'of %j is nobody: none explains more than one',
    (services) => {
      expect(findCommonSuspect(alerting(...services), shop)).toBeUndefined();
    },
  );

  it('explains its share of all that alert, however many no topology knows', () => {
    const unknown = Array.from({ length: 398 }, (_, index) => `unknown-${index}`);
    expect(findCommonSuspect(alerting(...unknown, 'web', 'checkout'), shop)).toMatchObject({
      service: 'checkout',
      explains: 2 / 400,
    });
  });

  it('gives its reasons', () => {
    const list = [...alerting('payment', 'web', 'app'), { service: 'checkout', startedAt: LATER }];
    expect(findCommonSuspect(list, shop)?.reasons).toEqual([
      '4 of 4 alerting services are payment or call it',
      'called, directly or through others, by web, app, checkout',
      `payment alerts since ${START}`,
      'no other of them began earlier',
    ]);
    expect(findCommonSuspect(alerting('web', 'app'), shop)?.reasons).toContain('checkout itself does not alert');
  });

  it('of two that call each other is the one that began', () => {
    const list = [{ service: 'a', startedAt: LATER }, ...alerting('b')];
    expect(findCommonSuspect(list, buildGraph('a > b > a'))?.service).toBe('b');
  });

  it('is no collector that everything calls, unless that alerts', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const collected = buildGraph(...names.map((name) => `${name} > collector`));
    expect(findCommonSuspect(alerting(...names), collected)).toBeUndefined();
    expect(findCommonSuspect(alerting(...names, 'collector'), collected)?.service).toBe('collector');
  });
});

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const graphs = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 20 })
  .map((edges) =>
    buildServiceGraph(
      names.map((name) => ({
        name,
        dependsOn: edges.flatMap(([from, service]) => (from === name ? [{ service, kind: 'sync' as const }] : [])),
      })),
    ),
  );
const somewhere = fc.subarray(names, { minLength: 1 }).map((services) => alerting(...services));

describe('in whatever graph, with or without cycles', () => {
  it('explains at least as much as any other, and every one that alerts at least itself', () => {
    fc.assert(
      fc.property(graphs, somewhere, (graph, list) => {
        const [best, ...others] = rankSuspects(list, graph);
        for (const other of others) expect(best?.explained.length).toBeGreaterThanOrEqual(other.explained.length);
        for (const { service, explained } of rankSuspects(list, graph)) {
          if (list.some((each) => each.service === service)) expect(explained).toContain(service);
        }
      }),
    );
  });

  it('explains no greater share once something unrelated alerts too', () => {
    fc.assert(
      fc.property(graphs, somewhere, (graph, list) => {
        const before = findCommonSuspect(list, graph)?.explains ?? 0;
        const after = findCommonSuspect([...list, ...alerting('unrelated')], graph)?.explains ?? 0;
        expect(after).toBeLessThanOrEqual(before);
      }),
    );
  });

  it('exposes whoever calls, never what alerts itself, the nearest first', () => {
    fc.assert(
      fc.property(graphs, somewhere, (graph, list) => {
        const services = list.map(({ service }) => service);
        const { alerting: told, exposed } = findBlastRadius([...services, ...services], graph);
        expect(told).toEqual(services);
        expect(exposed.filter(({ service }) => services.includes(service))).toEqual([]);
        expect(exposed.map(({ hops }) => hops)).toEqual(exposed.map(({ hops }) => hops).sort((a, b) => a - b));
      }),
    );
  });
});

describe('the blast radius', () => {
  it('is who depends on what alerts, with the calls between', () => {
    expect(findBlastRadius(['payment', 'store'], shop).exposed).toEqual([
      { service: 'catalogue', hops: 1 },
      { service: 'checkout', hops: 1 },
      { service: 'app', hops: 2 },
      { service: 'web', hops: 2 },
    ]);
  });

  it('of a service that nobody knows is that service', () => {
    expect(findBlastRadius(['unknown'], shop)).toEqual({ alerting: ['unknown'], exposed: [] });
  });
});
