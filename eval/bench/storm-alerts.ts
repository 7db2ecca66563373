/** Services of the sample topology, which suffer together when one of them does; or as many that no topology knows. */
export const STORM_SERVICES = {
  known: ['web-server', 'pre-processor', 'inference-server', 'ensemble', 'rabbitmq', 'scylladb'],
  unknown: Array.from({ length: 100 }, (_, at) => `unlisted-${at}`),
} as const;
export type StormKind = keyof typeof STORM_SERVICES;

const SYMPTOMS = ['LatencyHigh', 'ErrorRateHigh', 'QueueBacklog', 'PodRestarting', 'SaturationHigh'];

/** How long each sender waits for an answer, in milliseconds, and how it says the same alert. */
export interface StormSender {
  readonly name: 'alertmanager' | 'grafana' | 'pagerduty' | 'opsgenie' | 'datadog';
  readonly deadlineMs: number;
}

export const STORM_SENDERS: readonly StormSender[] = [
  { name: 'alertmanager', deadlineMs: 10_000 },
  { name: 'grafana', deadlineMs: 10_000 },
  { name: 'pagerduty', deadlineMs: 5_000 },
  { name: 'opsgenie', deadlineMs: 10_000 },
  { name: 'datadog', deadlineMs: 15_000 },
];

export interface StormAlert {
  readonly sender: StormSender;
  readonly body: unknown;
}

/** The `index`th alert of one storm: all alerts differ, and all come from one system in which one service fails. */
export function buildStormAlert(index: number, kind: StormKind, at: Date, random: () => number): StormAlert {
  const sender = drawn(STORM_SENDERS, index / STORM_SENDERS.length);
  const service = drawn(STORM_SERVICES[kind], random());
  // What no topology relates must not be related by its name either.
  const name =
    kind === 'known' ? drawn(SYMPTOMS, random()) : `${drawn(SYMPTOMS, random())}${service.replace(/\D/g, '')}`;
  return { sender, body: BODIES[sender.name]({ index, service, name, pod: `${service}-${index}`, at }) };
}

/** The item at a share of the list; what is over 1 begins again. */
function drawn<Item>(items: readonly Item[], share: number): Item {
  const item = items[Math.floor((share % 1) * items.length + 1e-9)];
  if (item === undefined) throw new Error('nothing to draw from');
  return item;
}

interface Told {
  readonly index: number;
  readonly service: string;
  readonly name: string;
  readonly pod: string;
  readonly at: Date;
}

const BODIES: Readonly<Record<StormSender['name'], (told: Told) => unknown>> = {
  alertmanager: (told) => toGroup(told, '4'),
  grafana: (told) => toGroup(told, '1'),
  pagerduty: ({ index, service, name, pod, at }) => ({
    event: {
      id: `event-${index}`,
      event_type: 'incident.triggered',
      resource_type: 'incident',
      occurred_at: at.toISOString(),
      data: {
        id: `P${index}`,
        type: 'incident',
        number: index,
        status: 'triggered',
        incident_key: `key-${index}`,
        created_at: at.toISOString(),
        title: `${name} on ${pod}`,
        service: { id: `S-${service}`, summary: service, type: 'service_reference' },
        urgency: 'high',
      },
    },
  }),
  opsgenie: ({ index, service, name, pod, at }) => ({
    action: 'Create',
    alert: {
      alertId: `alert-${index}`,
      alias: `alias-${index}`,
      message: `${name} on ${pod}`,
      tags: [`service:${service}`],
      createdAt: at.getTime(),
      updatedAt: at.getTime() * 1_000_000,
    },
  }),
  datadog: ({ index, service, name, pod, at }) => ({
    id: `${index}`,
    alert_id: `${index}`,
    alert_transition: 'Triggered',
    alert_title: `${name} on ${pod}`,
    title: `[Triggered] ${name} on ${pod}`,
    body: `${name} on ${pod}`,
    date: `${at.getTime()}`,
    tags: `service:${service},pod:${pod}`,
  }),
};

function toGroup({ index, service, name, pod, at }: Told, version: string) {
  const labels = { alertname: name, service, pod, severity: 'critical' };
  const annotations = { summary: `${name} on ${pod}` };
  const alert = { status: 'firing', labels, annotations, startsAt: at.toISOString(), endsAt: '0001-01-01T00:00:00Z' };
  return {
    version,
    status: 'firing',
    receiver: 'precedent',
    groupKey: `{}:{alertname="${name}", pod="${pod}"}/${version}`,
    groupLabels: { alertname: name, pod },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://127.0.0.1:9093',
    truncatedAlerts: 0,
    alerts: [{ ...alert, fingerprint: index.toString(16).padStart(16, '0') }],
  };
}
