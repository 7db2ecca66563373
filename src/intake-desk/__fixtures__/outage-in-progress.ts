import type { IntakeStore } from '../../ports.ts';
import { buildGraph } from '../../testing/knowledge-builder.ts';
import { buildIncoming, buildReceivedAlert, STARTED } from '../../testing/intake-builder.ts';
import { createMemoryIntake } from '../../testing/memory-intake.ts';
import { triage } from '../../triage/triage.ts';

export const SHOP = buildGraph('web > checkout > payment > ledger', 'mobile > web', 'mail > smtp');

const after = (seconds: number) => new Date(Date.parse(STARTED) + seconds * 1_000);

/**
 * Occurrences `o-<service>` as they arrive one after the other, triaged together; where they are related, the outage that
 * they make is `outage-1`. Each group also holds an alert of each of `others`.
 */
export async function openIntakeWith(
  services: readonly string[],
  namespace = 'default',
  others: readonly string[] = [],
): Promise<IntakeStore> {
  const intake = createMemoryIntake();
  for (const [index, service] of services.entries()) {
    const labels = { alertname: `${service} is slow`, service };
    const alert = buildReceivedAlert(service, { startsAt: after(index).toISOString(), labels });
    const further = others.map((other) =>
      buildReceivedAlert(`${other} beside ${service}`, { labels: { alertname: `${service} is slow`, service: other } }),
    );
    const alerts = [alert, ...further];
    await intake.accept([buildIncoming(`o-${service}`, { namespace, groupKey: service, alerts })], after(index));
  }
  const now = after(services.length);
  let ids = 0;
  const outcome = triage({
    queued: await intake.listUndecided(1_000),
    openOutages: [],
    lone: [],
    answered: [],
    diagnosed: new Map(),
    graph: SHOP,
    knownServices: new Map([...SHOP.services.keys()].map((name) => [name, name])),
    now,
    newId: () => `outage-${++ids}`,
  });
  await intake.decide(outcome, now, () => `diagnosis-${++ids}`);
  return intake;
}

/** The alert of this service ends, so many seconds after the first one began. */
export async function resolve(intake: IntakeStore, service: string, index: number, seconds: number): Promise<void> {
  const endsAt = after(seconds).toISOString();
  const startsAt = after(index).toISOString();
  const alert = buildReceivedAlert(service, { status: 'resolved', startsAt, endsAt });
  await intake.accept([buildIncoming(`again-${service}`, { groupKey: service, alerts: [alert] })], after(seconds));
}
