import { describe, expect, it } from 'vitest';
import { keyOf } from '../../domain/document.ts';
import { buildIncident } from '../../testing/knowledge-builder.ts';
import { buildSignalIndex, serviceOfInstance } from './signals.ts';

const incidents = [
  buildIncident({ id: 'leak', signals: ['metric orders-1 memory up', 'trace web request latency'] }),
  buildIncident({ id: 'leak-elsewhere', signals: ['metric orders-2 memory up', 'trace web request latency'] }),
  buildIncident({ id: 'disk', signals: ['metric queue disk up', 'trace web request latency'] }),
  buildIncident({ id: 'silent', signals: [] }),
];
const index = await buildSignalIndex(incidents);
const order = (signals: string[]) => [...index.search(signals)].sort((a, b) => b[1] - a[1]).map(([key]) => key);

describe('signals', () => {
  it('put an exact repeat above the same anomaly on another instance, and that above another anomaly', () => {
    expect(order(['metric orders-1 memory up', 'trace web request latency'])).toEqual([
      'incident:leak',
      'incident:leak-elsewhere',
      'incident:disk',
    ]);
  });

  it('that the incident showed exactly score 1', () => {
    expect(index.search(incidents[0]?.signals ?? []).get('incident:leak')).toBeCloseTo(1, 10);
  });

  it('that every incident shows weigh less than those of one', () => {
    const scores = index.search(['metric queue disk up', 'trace web request latency']);
    expect(scores.get('incident:disk')).toBeGreaterThan(2 * (scores.get('incident:leak') ?? 1));
  });

  it('leave out incidents that share none, and stay in 0..1', () => {
    const scores = index.search(['metric orders-1 memory up']);
    expect([...scores.keys()]).toEqual(['incident:leak', 'incident:leak-elsewhere']);
    for (const score of scores.values()) expect(score).toBeLessThanOrEqual(1);
    expect(index.search(['log db deadlock count']).size).toBe(0);
    expect(index.search([]).size).toBe(0);
  });

  it('weigh by how rare they are among the accepted: what happened later changes nothing', async () => {
    const asked = ['metric queue disk up', 'trace web request latency'];
    const later = Array.from({ length: 5 }, (_, at) =>
      buildIncident({ id: `later-${at}`, signals: asked.slice(0, 1) }),
    );
    const known = new Set(incidents.map(keyOf));
    const all = await buildSignalIndex([...incidents, ...later]);
    const then = all.search(asked, (key) => known.has(key));
    const before = index.search(asked);
    expect([...then.keys()]).toEqual([...before.keys()]);
    for (const [key, score] of before) expect(then.get(key)).toBeCloseTo(score, 12);
  });

  it('that everybody shows are no perfect repeat of anything', async () => {
    const signals = ['trace web request latency'];
    const alike = Array.from({ length: 20 }, (_, at) => buildIncident({ id: `i${at}`, signals }));
    const common = await buildSignalIndex(alike);
    for (const score of common.search(signals).values()) expect(score).toBeLessThan(0.1);
  });

  it('beyond the first hundreds are not read', () => {
    const noise = Array.from({ length: 500 }, (_, at) => `log db template-${at} new`);
    expect(index.search([...noise.slice(1), 'metric queue disk up']).size).toBe(1);
    expect(index.search([...noise, 'metric queue disk up']).size).toBe(0);
  });

  it('are read while others have their turns', async () => {
    let turns = 0;
    const count = () => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const signals = Array.from({ length: 20 }, (_, at) => `metric web m${at} up`);
    await buildSignalIndex(Array.from({ length: 500 }, (_, at) => buildIncident({ id: `i${at}`, signals })));
    clearImmediate(next);
    expect(turns).toBeGreaterThan(5);
  });
});

it.each([
  ['orders-1', 'orders'],
  ['orders-7f6d5c4b9a-x2x4z', 'orders'],
  ['pre-processor', 'pre-processor'],
  ['mobilenetv2', 'mobilenetv2'],
])('%s is an instance of %s', (instance, service) => {
  expect(serviceOfInstance(instance)).toBe(service);
});
