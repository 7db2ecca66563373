import type { ReceivedAlert } from '../domain/occurrence.ts';
import type { IncomingGroup, IntakeStore } from '../ports/intake.ts';

/** A group of one alert as it once came in. */
export interface PastGroup {
  readonly id: string;
  readonly alertname: string;
  readonly at: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly filteredBy?: string;
}

/** Puts groups into the history of a store, as the intake would have done when they came. */
export async function keepPast(store: Pick<IntakeStore, 'accept'>, groups: readonly PastGroup[]): Promise<void> {
  for (const { id, alertname, at, labels = {}, namespace = 'default', filteredBy } of groups) {
    const alert: ReceivedAlert = {
      ...{ status: 'firing', annotations: {}, fingerprint: id, startsAt: at },
      labels: { alertname, ...labels },
    };
    const group = { groupKey: id, groupLabels: {}, commonLabels: {}, commonAnnotations: {} };
    const incoming: IncomingGroup = {
      ...{ id, namespace, sender: 'alertmanager', situationKey: id },
      group: { ...group, alerts: [alert] },
      ...(filteredBy === undefined ? {} : { filteredBy }),
    };
    await store.accept([incoming], new Date(at));
  }
}
