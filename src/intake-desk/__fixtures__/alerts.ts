import type { ReceivedAlert, ReceivedGroup } from '../../domain/occurrence.ts';
import type { Origin } from '../front.ts';

export const ORIGIN: Origin = { namespace: 'default', sender: 'alertmanager' };

/** An alert of which a test states only what it is about. */
export function firing(over: Partial<ReceivedAlert> = {}): ReceivedAlert {
  const labels = over.labels ?? { alertname: 'QueueBacksUp', service: 'orders' };
  return {
    status: 'firing',
    fingerprint: JSON.stringify(labels),
    startsAt: '2026-03-31T12:00:00.000Z',
    annotations: {},
    ...over,
    labels,
  };
}

/** The group of one alert: its alertname and service are its key. */
export function groupOf(...alerts: readonly ReceivedAlert[]): ReceivedGroup {
  const [first = firing()] = alerts;
  return {
    groupKey: JSON.stringify([first.labels['alertname'], first.labels['service']]),
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    alerts: alerts.length === 0 ? [first] : [...alerts],
  };
}

/** A group about a thing that no other is about. */
export function groupAbout(alertname: string, service: string): ReceivedGroup {
  return groupOf(firing({ labels: { alertname, service } }));
}

/** Once the condition holds; fails after a while. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`still not so after ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
