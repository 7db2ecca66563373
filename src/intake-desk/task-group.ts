import type { Alert, AlertGroup } from '../domain/alert.ts';

/** Labels that tell what an alert is about; the others tell copies of it apart. */
const SUBJECT_LABELS = [
  'alertname',
  'service',
  'service_name',
  'app',
  'component',
  'deployment',
  'container',
  'job',
  'queue',
];
/** As many as people would read to know what is wrong. */
const MAX_ALERTS = 50;

/**
 * Alerts of a task, the first to begin first, as the group that is diagnosed: of those that say the same of the same thing
 * the first, so that one that comes in hundreds does not drown the others.
 */
export function buildTaskGroup(alerts: readonly Alert[]): AlertGroup {
  const first = new Map<string, Alert>();
  for (const alert of alerts) {
    const subject = JSON.stringify(SUBJECT_LABELS.map((name) => alert.labels[name]));
    if (!first.has(subject)) first.set(subject, alert);
  }
  return {
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    alerts: [...first.values()].slice(0, MAX_ALERTS),
  };
}
