import { describe, expect, it } from 'vitest';
import { buildServiceGraph, ServiceNode } from '../../domain/topology.ts';
import type { SeenCall } from '../../domain/trace-analysis.ts';
import { findCausalPath } from './causal-path.ts';

function callsOf(...edges: string[]): SeenCall[] {
  return edges.map((edge) => {
    const [from = '', to = ''] = edge.split(/=>|>/);
    return edge.includes('=>') ? { from, to, carries: true } : { from, to };
  });
}
const pathOf = (...[culprit, seen, options]: Parameters<typeof findCausalPath>) =>
  findCausalPath(culprit, seen, options).map(({ from, to }) => `${from}>${to}`);
const dependsOn = (name: string, ...services: string[]) =>
  ServiceNode.parse({ name, dependsOn: services.map((service) => ({ service })) });

describe('the causal path', () => {
  it('takes, of two ways as short, the one that carries the symptom', () => {
    const calls = callsOf('web>cart', 'cart>database', 'web=>orders', 'orders=>database');
    expect(pathOf('database', { calls, entries: ['web'] })).toEqual(['web>orders', 'orders>database']);
    expect(pathOf('database', { calls: calls.toReversed(), entries: ['web'] })).toEqual([
      'web>orders',
      'orders>database',
    ]);
  });

  it('takes the shorter way all the same', () => {
    const calls = callsOf('web>database', 'web=>orders', 'orders=>database');
    expect(pathOf('database', { calls, entries: ['web'] })).toEqual(['web>database']);
  });

  it('begins where the alert is, else at the entry from which the symptom is carried', () => {
    const calls = callsOf('web>orders', 'app=>orders', 'orders=>database');
    const seen = { calls, entries: ['web', 'app'] };
    expect(pathOf('database', seen)).toEqual(['app>orders', 'orders>database']);
    expect(pathOf('database', seen, { alertingServices: ['orders'] })).toEqual(['orders>database']);
    expect(pathOf('database', seen, { alertingServices: ['unknown'] })).toEqual(['app>orders', 'orders>database']);
  });

  it('asks the topology only where no call leads on, and says of each edge how it is known', () => {
    const graph = buildServiceGraph([
      dependsOn('front', 'web'),
      dependsOn('orders', 'ledger'),
      dependsOn('web', 'ledger'),
    ]);
    const seen = { calls: callsOf('web>orders'), entries: ['web'] };
    expect(findCausalPath('orders', seen, { graph })).toEqual([{ from: 'web', to: 'orders', verified: 'span' }]);
    expect(findCausalPath('orders', seen, { graph, alertingServices: ['front'] })).toEqual([
      { from: 'web', to: 'orders', verified: 'span' },
    ]);
    expect(findCausalPath('ledger', seen, { graph, alertingServices: ['front'] })).toEqual([
      { from: 'front', to: 'web', verified: 'topology' },
      { from: 'web', to: 'ledger', verified: 'topology' },
    ]);
    expect(findCausalPath('mail', seen, { graph, alertingServices: ['front'] })).toEqual([
      { from: 'front', to: 'mail', verified: 'unverified' },
    ]);
  });

  it('ends in a circle of calls', () => {
    const calls = callsOf('web>a', 'a>b', 'b>a', 'b>web', 'b>database');
    expect(pathOf('database', { calls, entries: ['web'] })).toEqual(['web>a', 'a>b', 'b>database']);
  });

  it('is found at once among 5,000 services that call each other 200,000 times', () => {
    const nodes = Array.from({ length: 5_000 }, (_, index) => ({
      name: `s${index}`,
      dependsOn: Array.from({ length: 40 }, (_, step) => ({
        service: `s${(index * 7 + step * 13 + 1) % 5_000}`,
        kind: 'sync' as const,
      })),
    }));
    const graph = buildServiceGraph(nodes);
    const edges = Array.from({ length: 20_000 }, (_, index) => `s${index % 5_000}>s${(index * 31 + 7) % 5_000}`);
    const seen = { calls: callsOf(...edges), entries: ['s0'] };
    const startedAt = performance.now();
    const path = findCausalPath('s4999', seen, { graph, alertingServices: ['s1', 'nobody'] });
    expect(path.at(-1)?.to).toBe('s4999');
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
