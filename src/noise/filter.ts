import type { NoiseRule } from '../domain/noise-rule.ts';
import { stateOf } from '../domain/noise-rule.ts';
import type { ReceivedGroup, Sender } from '../domain/occurrence.ts';
import { hides } from './matches.ts';

/**
 * The first rule in force that hides all of the group's firing alerts. One alert that it does not hide is reason enough to
 * look at the others; a group of which nothing fires has nothing to hide.
 */
export function findFilter(
  rules: readonly NoiseRule[],
  { alerts, groupLabels, commonLabels, commonAnnotations }: ReceivedGroup,
  sender: Sender,
  at: Date,
): string | undefined {
  const inForce = rules.filter((rule) => stateOf(rule, at) === 'enabled');
  if (inForce.length === 0) return undefined;
  const firing = alerts
    .filter(({ status }) => status === 'firing')
    .map(({ labels, annotations }) => ({
      labels: { ...groupLabels, ...commonLabels, ...labels },
      annotations: { ...commonAnnotations, ...annotations },
    }));
  if (firing.length === 0) return undefined;
  return inForce.find(({ sentence }) => firing.every((alert) => hides(sentence, { alert, sender, at })))?.name;
}
