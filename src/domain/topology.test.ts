import { describe, expect, it } from 'vitest';
import { buildGraph } from '../testing/knowledge-builder.ts';
import { Dependency, hasEdge, hopsBetween } from './topology.ts';

describe('the service graph', () => {
  const graph = buildGraph('load > web > pre > inference', 'pre > cache');

  it.each([
    ['web', 'web', 0],
    ['web', 'pre', 1],
    ['pre', 'web', 1],
    ['load', 'pre', 2],
    ['inference', 'cache', 2],
    ['load', 'inference', undefined],
    ['web', 'unknown', undefined],
  ])('counts calls from %s to %s, whichever calls: %s', (a, b, hops) => {
    expect(hopsBetween(graph, a, b)).toBe(hops);
  });

  it('knows which way a call goes', () => {
    expect(hasEdge(graph, 'web', 'pre')).toBe(true);
    expect(hasEdge(graph, 'pre', 'web')).toBe(false);
  });

  it('takes no path through a service that everything calls', () => {
    const services = ['a', 'b', 'c', 'd', 'e', 'f'];
    const hub = buildGraph(...services.map((service) => `${service} > collector`), 'a > b');
    expect(hopsBetween(hub, 'a', 'collector')).toBe(1);
    expect(hopsBetween(hub, 'a', 'b')).toBe(1);
    expect(hopsBetween(hub, 'a', 'c')).toBeUndefined();
  });

  it('ends on cyclic graphs', () => {
    expect(hopsBetween(buildGraph('a > b > a'), 'a', 'z', 50)).toBeUndefined();
  });
});

describe('a dependency', () => {
  it('of an older version has no provenance, and is read all the same', () => {
    expect(Dependency.parse({ service: 'db' })).toEqual({ service: 'db', kind: 'sync' });
  });

  it('keeps everyone who knows of it', () => {
    const provenance = [
      { by: 'declared', source: { path: 'topology/shop.yaml', line: 3 } },
      { by: 'jaeger', source: { path: 'topology/calls.json', line: 1 }, calls: 40 },
    ];
    expect(Dependency.parse({ service: 'db', kind: 'data', provenance }).provenance).toEqual(provenance);
  });
});
