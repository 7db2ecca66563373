import { z } from 'zod';
import type { Reception } from '../domain/occurrence.ts';
import { parseInput } from '../domain/parse-input.ts';
import type { ReadContext } from './context.ts';
import { buildGroups, hashOf, identify } from './identity.ts';
import { Moment } from './moments.ts';
import { readTags } from './tags.ts';
import { fewOf, joinTexts, Labels, Prose, present, toText, Word } from './words.ts';

const Notice = z.object({ action: z.string() });

const OpsgenieNotice = z.object({
  integrationName: Word,
  alert: z.object({
    alertId: Word,
    alias: Word,
    message: Word,
    description: Prose,
    entity: Word,
    priority: Word,
    tags: z.unknown().optional(),
    teams: fewOf(z.unknown()),
    details: Labels,
    /** In milliseconds, where `updatedAt` is in nanoseconds: the size of a number tells its unit. */
    createdAt: Moment,
    updatedAt: Moment,
  }),
});
type OpsgenieAlert = Readonly<z.infer<typeof OpsgenieNotice>['alert']>;

/** A deleted alert will never be closed. */
const RESOLVES = new Set(['Close', 'Delete']);

/**
 * Opsgenie's webhook. Its texts are cut at 1,000 characters by Opsgenie, and are there only when an alert is created.
 * https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/
 */
export function readOpsgenie(body: unknown, context: ReadContext): Reception {
  const { action } = parseInput(Notice, body);
  if (action !== 'Create' && !RESOLVES.has(action)) {
    return { kind: 'ignored', why: `the action ${toText(action, 100)} neither creates nor closes an alert` };
  }
  const { alert } = parseInput(OpsgenieNotice, body);
  const id = alert.alertId ?? hashOf([alert.alias ?? alert.message, alert.entity]);
  const told = {
    isFiring: action === 'Create',
    labels: labelsOf(alert),
    annotations: present({
      summary: alert.message,
      description: alert.description,
      tags: joinTexts(readTags(alert.tags).bare),
    }),
    fingerprint: id,
    startsAt: alert.createdAt,
    endsAt: alert.updatedAt,
    toldAt: alert.updatedAt,
  };
  return { kind: 'alerts', groups: buildGroups({ groupKey: id }, [identify(told, context.receivedAt)]) };
}

/** What another tool told Opsgenie stands in `details`, such as the labels of the alert that it was. */
function labelsOf({ details, tags, message, alias, entity, priority, teams }: OpsgenieAlert): Record<string, string> {
  return {
    ...present({ alertname: message ?? alias ?? 'Opsgenie alert', entity, priority, team: joinTexts(teams ?? []) }),
    ...readTags(tags).labels,
    ...details,
  };
}
