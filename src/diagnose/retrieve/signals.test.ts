import { describe, expect, it } from 'vitest';
import { buildIncident } from '../../testing/knowledge-builder.ts';
import { buildSignalIndex, serviceOfInstance } from './signals.ts';

const incidents = [
  buildIncident({ id: 'leak', signals: ['metric orders-1 memory up', 'trace web request latency'] }),
  buildIncident({ id: 'leak-elsewhere', signals: ['metric orders-2 memory up', 'trace web request latency'] }),
  buildIncident({ id: 'disk', signals: ['metric queue disk up', 'trace web request latency'] }),
  buildIncident({ id: 'silent', signals: [] }),
];
const index = buildSignalIndex(incidents);
const order = (signals: string[]) => [...index.search(signals)].sort((a, b) => b[1] - a[1]).map(([id]) => id);

describe('signals', () => {
  it('put an exact repeat above the same anomaly on another instance, and that above another anomaly', () => {
    expect(order(['metric orders-1 memory up', 'trace web request latency'])).toEqual([
      'leak',
      'leak-elsewhere',
      'disk',
    ]);
  });

  it('that the incident showed exactly score 1', () => {
    expect(index.search(incidents[0]?.signals ?? []).get('leak')).toBeCloseTo(1, 10);
  });

  it('that every incident shows weigh less than those of one', () => {
    const scores = index.search(['metric queue disk up', 'trace web request latency']);
    expect(scores.get('disk')).toBeGreaterThan(2 * (scores.get('leak') ?? 1));
  });

  it('leave out incidents that share none, and stay in 0..1', () => {
    const scores = index.search(['metric orders-1 memory up']);
    expect([...scores.keys()]).toEqual(['leak', 'leak-elsewhere']);
    for (const score of scores.values()) expect(score).toBeLessThanOrEqual(1);
    expect(index.search(['log db deadlock count']).size).toBe(0);
    expect(index.search([]).size).toBe(0);
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
