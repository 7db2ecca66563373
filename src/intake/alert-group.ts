import { z } from 'zod';
import { PrecedentError } from '../domain/errors.ts';
import type { Reception } from '../domain/occurrence.ts';
import { boundedList } from './bounds.ts';
import type { ReadContext } from './context.ts';
import { buildGroups, hashOf, identify } from './identity.ts';
import { Moment } from './moments.ts';
import { Annotations, Labels, present, Url, Word } from './words.ts';

/** An alert in Alertmanager's shape, which Grafana and many others have taken over. */
export const WireAlert = z.object({
  status: Word,
  labels: Labels,
  annotations: Annotations,
  startsAt: Moment,
  endsAt: Moment,
  generatorURL: Url,
  fingerprint: Word,
});
export type WireAlert = Readonly<z.infer<typeof WireAlert>>;

/** What the group says beside its alerts. */
export const WireGroupHead = z.object({
  groupKey: Word,
  status: Word,
  groupLabels: Labels,
  commonLabels: Labels,
  commonAnnotations: Annotations,
  externalURL: Url,
  truncatedAlerts: Word,
});
export type WireGroupHead = Readonly<z.infer<typeof WireGroupHead>>;

export const WireGroup = WireGroupHead.extend({ alerts: boundedList(WireAlert) });
export type WireGroup = Readonly<z.infer<typeof WireGroup>>;

/** A group in Alertmanager's shape as groups of alerts that can be told from others. */
export function readGroup(group: WireGroup, context: ReadContext): Reception {
  if (group.alerts.length === 0) return { kind: 'ignored', why: 'there is no alert in it' };
  for (const [at, alert] of group.alerts.entries()) refuseSilent(alert, group, at);
  const { groupLabels, commonLabels, commonAnnotations } = group;
  const told = group.alerts.map((alert) =>
    identify({ ...alert, isFiring: isFiring(alert, group, context.receivedAt) }, context.receivedAt),
  );
  const groupKey = group.groupKey ?? keyOf(group);
  const head = {
    groupKey,
    groupLabels,
    commonLabels,
    commonAnnotations,
    ...present({ externalURL: group.externalURL }),
  };
  return { kind: 'alerts', groups: buildGroups(head, told), ...noteOf(group) };
}

/** The alert's own word goes first; then the group's, and where nobody says anything, an end that has passed. */
function isFiring({ status, endsAt }: WireAlert, group: WireGroup, receivedAt: Date): boolean {
  const word = (status ?? group.status)?.toLowerCase();
  if (word === 'resolved') return false;
  return word === 'firing' || endsAt === undefined || endsAt > receivedAt;
}

function refuseSilent({ labels, annotations }: WireAlert, group: WireGroup, at: number): void {
  const spoken = [labels, annotations, group.commonLabels, group.commonAnnotations, group.groupLabels];
  if (spoken.some((words) => Object.keys(words).length > 0)) return;
  const message = 'an alert needs at least one label or annotation';
  throw new PrecedentError('input-invalid', `the request has a mistake: alerts[${at}]: ${message}`, {
    problems: [{ path: `alerts[${at}]`, message }],
  });
}

/** Without a key, what the group was formed by; without that, the names of its alerts. */
function keyOf({ groupLabels, alerts }: WireGroup): string {
  const by = Object.entries(groupLabels).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = new Set(alerts.map(({ labels }) => labels['alertname'] ?? ''));
  return hashOf(by.length > 0 ? by : [...names].sort());
}

function noteOf({ truncatedAlerts }: WireGroup): { note?: string } {
  const left = Number(truncatedAlerts ?? 0);
  return left > 0 ? { note: `the sender left out ${left} more alerts of this group (max_alerts)` } : {};
}
