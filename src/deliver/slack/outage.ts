import type { Outage } from '../../domain/outage.ts';
import { percent } from '../annotation.ts';
import { context, header, message, type SlackMessage, sections } from './blocks.ts';
import type { SlackView } from './diagnosis.ts';
import { findCode, findLink, quoteLine } from './mrkdwn.ts';

const MAX_SUMMARY = 500;
const MAX_NAME = 40;
const SHOWN_SERVICES = 12;

/** What alerts, who is exposed, and what would explain it. */
export function buildOutageMessage(outage: Outage, { link }: SlackView = {}): SlackMessage {
  const { id, status, memberCount, alertCount, blastRadius, commonSuspect, diagnosis } = outage;
  const headline = `Outage, ${status}: ${alertCount} ${alertCount === 1 ? 'alert' : 'alerts'} of ${memberCount} ${memberCount === 1 ? 'group' : 'groups'}`;
  const blocks = [
    header(headline),
    ...sections([
      quoteLine(outage.summary, MAX_SUMMARY),
      ...tellSuspect(commonSuspect),
      ...tellAlerting(blastRadius),
      ...tellServices(
        'Exposed',
        blastRadius.exposed.map(({ service }) => service),
      ),
    ]),
  ];
  const all = findLink(link, 'All of it');
  const known = diagnosis === undefined ? undefined : findCode(diagnosis, 200);
  const last = [
    findCode(id, 200) ?? quoteLine(id, 200),
    ...(known ? [`diagnosis ${known}`] : []),
    ...(all ? [all] : []),
  ];
  return message(quoteLine(outage.summary, MAX_SUMMARY), blocks, context([last.join(' · ')]));
}

function tellSuspect(suspect: Outage['commonSuspect']): string[] {
  if (suspect === null) return [];
  return [`*Common suspect:* ${quoteLine(suspect.service, MAX_NAME)}, explains ${percent(suspect.explains)}`];
}

function tellAlerting({ alerting, unknown = [] }: Outage['blastRadius']): string[] {
  const strange = new Set(unknown);
  const known = alerting.filter((service) => !strange.has(service));
  return [...tellServices('Alerting', known), ...tellServices('Alerting, in no topology', unknown)];
}

function tellServices(label: string, services: readonly string[]): string[] {
  if (services.length === 0) return [];
  const more = services.length - SHOWN_SERVICES;
  const named = services.slice(0, SHOWN_SERVICES).map((service) => quoteLine(service, MAX_NAME));
  return [`*${label}:* ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}
