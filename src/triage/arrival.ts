import { type KnownServices, servicesInText, servicesOfLabels } from '../domain/known-services.ts';
import type { QueuedOccurrence } from '../domain/triage.ts';
import type { Arrival } from './gathering.ts';

/** One group of alerts that names more of them tells of an outage by itself; the first ones tell where. */
const MAX_SERVICES = 20;
/** More text than this is a dump, and names half of the services by chance. */
const MAX_TEXT = 2_000;

/**
 * Labels say what an alert is about. Its text also names what it only compares with or links to, so that is read only where
 * labels name nothing that is known (PagerDuty's alerts have none).
 */
export function toArrival(occurrence: QueuedOccurrence, knownServices: KnownServices): Arrival {
  const labelled = [occurrence.labels, ...(occurrence.labelSets ?? [])].flatMap((labels) =>
    servicesOfLabels(labels, knownServices),
  );
  const named =
    labelled.length > 0 ? labelled : servicesInText(occurrence.texts.join('\n').slice(0, MAX_TEXT), knownServices);
  const { id, namespace, situationKey, alertNames } = occurrence;
  return {
    id,
    namespace,
    situationKey,
    alertNames,
    arrivedAt: Date.parse(occurrence.receivedAt),
    startedAt: Date.parse(occurrence.startedAt),
    services: [...new Set(named)].slice(0, MAX_SERVICES),
  };
}
