import { z } from 'zod';
import type { Reception } from '../domain/occurrence.ts';
import { parseInput } from '../domain/parse-input.ts';
import type { ReadContext } from './context.ts';
import { buildGroups, identify } from './identity.ts';
import { Moment } from './moments.ts';
import { fewOf, joinTexts, present, toText, Url, Word } from './words.ts';

const Event = z.object({
  event: z.object({ event_type: z.string(), occurred_at: Moment, data: z.unknown().optional() }),
});

const Reference = z.object({ summary: Word }).nullish().catch(undefined);

const Incident = z.object({
  event: z.object({
    data: z.object({
      id: z.string().min(1),
      title: Word,
      html_url: Url,
      created_at: Moment,
      reopened_at: Moment,
      service: Reference,
      priority: Reference,
      urgency: Word,
      teams: fewOf(z.object({ summary: Word })),
    }),
  }),
});
type Incident = Readonly<z.infer<typeof Incident>['event']['data']>;

const FIRES = new Set(['incident.triggered', 'incident.reopened']);
const RESOLVES = 'incident.resolved';

/**
 * PagerDuty's webhooks, version 3. An incident is one alert: it has no labels, so its title is the alert's name and its
 * service the service. One that is opened again is another firing of the same.
 * https://developer.pagerduty.com/docs/webhooks-overview
 */
export function readPagerDuty(body: unknown, context: ReadContext): Reception {
  const { event } = parseInput(Event, body);
  const type = event.event_type;
  if (!FIRES.has(type) && type !== RESOLVES) {
    return { kind: 'ignored', why: `the event ${toText(type, 100)} neither opens nor resolves an incident` };
  }
  const incident = parseInput(Incident, body).event.data;
  const told = {
    isFiring: FIRES.has(type),
    labels: labelsOf(incident),
    annotations: present({ summary: incident.title }),
    fingerprint: incident.id,
    startsAt: incident.reopened_at ?? incident.created_at,
    endsAt: event.occurred_at,
    toldAt: event.occurred_at,
    generatorURL: incident.html_url,
  };
  return { kind: 'alerts', groups: buildGroups({ groupKey: incident.id }, [identify(told, context.receivedAt)]) };
}

function labelsOf({ title, service, priority, urgency, teams }: Incident): Record<string, string> {
  return present({
    alertname: title ?? 'PagerDuty incident',
    service: service?.summary,
    priority: priority?.summary,
    urgency,
    team: joinTexts((teams ?? []).map(({ summary }) => summary)),
  });
}
