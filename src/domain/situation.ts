import type { IncomingGroup } from './acceptance.ts';
import type { QueuedOccurrence } from './triage.ts';

/** What a decision about an occurrence goes by. */
export type Situation = Pick<QueuedOccurrence, 'situationKey' | 'alertNames' | 'labels' | 'labelSets' | 'texts'>;

/** Enough to find every service in; a group of hundreds says the same over and over. */
const MAX_LABEL_SETS = 20;
const MAX_TEXTS = 60;
const MAX_TEXT_LENGTH = 1_000;

/** From the alerts that fire. */
export function buildSituation({ group, situationKey }: Pick<IncomingGroup, 'group' | 'situationKey'>): Situation {
  const [first, ...further] = group.alerts.filter(({ status }) => status === 'firing');
  const firing = first === undefined ? [] : [first, ...further];
  const shared = { ...group.groupLabels, ...group.commonLabels };
  const labels = { ...shared, ...first?.labels };
  const texts = [group.commonAnnotations, ...firing.map(({ annotations }) => annotations)].flatMap(
    Object.values<string>,
  );
  const others = new Map(further.map((alert) => [setKey(alert.labels), alert.labels]));
  others.delete(setKey(first?.labels ?? {}));
  const labelSets = [...others.values()].slice(0, MAX_LABEL_SETS);
  return {
    situationKey,
    alertNames: [...new Set(firing.flatMap((alert) => alert.labels['alertname'] ?? []))],
    labels,
    ...(labelSets.length === 0 ? {} : { labelSets }),
    texts: [...new Set(texts.map((text) => text.slice(0, MAX_TEXT_LENGTH)))].slice(0, MAX_TEXTS),
  };
}

function setKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).toSorted());
}
