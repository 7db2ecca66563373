import { expect, it } from 'vitest';
import { findAlertmanager } from '../../scripts/alertmanager.js';
import { DiagnosisAnswer } from '../domain/diagnosis-answer.ts';
import { startAlertmanager } from './__fixtures__/alertmanager.ts';
import { serveAlerts } from './__fixtures__/serve-alerts.ts';

const binary = findAlertmanager();

/** Whole seconds, as it keeps them; a while ago, as an alert is that has been pending. */
const STARTED = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 90_000).toISOString();

const of = (pod: string) => ({
  labels: { alertname: 'OrdersWait', service: 'orders', severity: 'page', pod },
  annotations: { summary: 'Orders wait in the queue' },
  startsAt: STARTED,
});

// `node scripts/alertmanager.js` fetches one, which the build for tests does.
it.skipIf(binary === undefined)(
  'a real Alertmanager with our snippet delivers what fires, which is diagnosed, and what is over, which closes it',
  async () => {
    const accepted: string[] = [];
    await using served = await serveAlerts({
      observers: {
        onAccepted: ({ sender, namespace }, groups) => {
          for (const group of groups)
            accepted.push([sender, namespace, group.outcome, 'occurrence' in group ? group.occurrence : ''].join(' '));
        },
      },
    });
    const sender = await served.team('shop', ['intake']);
    const reader = await served.team('shop', ['read']);
    const token = sender.bearer.replace('Bearer ', '');
    await using alertmanager = await startAlertmanager(binary ?? '', served.url, token);

    const firing = [of('orders-1'), of('orders-2')];
    await alertmanager.tell(firing);
    await expect.poll(() => accepted, { timeout: 10_000 }).toHaveLength(1);
    const id = /^alertmanager shop new (\S+)$/.exec(accepted[0] ?? '')?.[1] ?? expect.fail(accepted[0]);
    const read = async () => {
      const response = await reader.ask('GET', `/v1/diagnoses/${id}`, undefined, { prefer: 'wait=10' });
      expect(response.status).toBe(200);
      return DiagnosisAnswer.parse(await response.json());
    };
    const answer = await read();
    expect(answer).toMatchObject({ id, kind: 'answered', rootCause: { service: 'orders' } });
    expect(answer.occurrence).toMatchObject({
      status: 'answered',
      startedAt: STARTED,
      alerts: { firing: 2, resolved: 0 },
    });

    const endsAt = new Date().toISOString();
    await alertmanager.tell(firing.map((alert) => ({ ...alert, endsAt })));
    await expect.poll(() => accepted.at(-1), { timeout: 10_000 }).toBe(`alertmanager shop resolved ${id}`);
    const { occurrence } = await read();
    expect(occurrence).toMatchObject({ alerts: { firing: 0, resolved: 2 }, resolvedAt: expect.any(String) });
    expect(Math.abs((occurrence?.durationSeconds ?? 0) - 90)).toBeLessThan(15);
    expect(served.failures).toEqual([]);
  },
  30_000,
);
