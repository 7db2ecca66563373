import type { SchemaNotes } from './schema-notes.ts';
import { SUSPECT } from './trace-notes.ts';

const ALERT: SchemaNotes = {
  self: "One alert, with Alertmanager's own field names.",
  status: '`firing` or `resolved`.',
  labels: 'What identifies the alert; `alertname` and `service` help most.',
  annotations: 'What people wrote about it, such as `summary`, `description`, `runbook_url`.',
  startsAt: 'When it began, RFC 3339 with an offset.',
  endsAt: 'When it ended; `0001-01-01T00:00:00Z` means it still fires.',
  generatorURL: 'Where the alert came from.',
  fingerprint: "The sender's id of this alert.",
};

/** What callers send, in words. */
export const REQUEST_NOTES: Readonly<Record<string, SchemaNotes>> = {
  Alert: ALERT,
  AlertInput: {
    ...ALERT,
    self: "An alert, or Alertmanager's webhook body with a group of them. At least one label or annotation is needed.",
    groupKey: "Alertmanager's key of the group.",
    groupLabels: 'Labels the group was formed by.',
    commonLabels: 'Labels that all alerts of the group share.',
    commonAnnotations: 'Annotations that all alerts of the group share.',
    externalURL: "Alertmanager's own address.",
    alerts: 'The alerts of the group.',
  },
  DiagnosisRequest: {
    self: 'An alert is needed, as `alert` or as `alerts`; `traces` count before `traceDigest`.',
    alert: 'One alert, or a group.',
    alerts: 'A group as Alertmanager sends it, or a bare list of alerts.',
    traces: 'Two windows of spans, each in any accepted format.',
    'traces.baseline': 'Before the incident: Jaeger, OTLP or Zipkin v2.',
    'traces.incident': 'During the incident: Jaeger, OTLP or Zipkin v2.',
    traceDigest: 'A digest made elsewhere, instead of spans.',
    asOf: 'Answer with what was known at this moment, RFC 3339 with an offset.',
    options: 'How to answer.',
    'options.k': 'Precedents to return, 1..50.',
    'options.engine': '`auto` asks the LLM when one is configured and falls back to precedent.',
    'options.traces': '`auto` asks the configured store for traces where none came; `none` does not.',
  },
  DigestRequest: {
    self: 'Two windows of spans, each in any accepted format.',
    baseline: 'Before the incident: Jaeger, OTLP or Zipkin v2.',
    incident: 'During the incident: Jaeger, OTLP or Zipkin v2.',
    asOf: 'Only spans that had ended by this moment are looked at, RFC 3339 with an offset.',
  },
  SearchRequest: {
    self: 'At least one of `query`, `alert` and `signals` is needed.',
    query: 'The question, in words.',
    alert: 'An alert: asks what a diagnosis of it would ask.',
    kinds: 'Only these kinds of documents; naming one twice changes nothing.',
    k: 'Documents to return, 1..100.',
    services: 'Only documents about one of these services, 1..100. An empty list or a blank name is refused.',
    categories:
      'Only incidents of one of these root-cause categories, 1..100. An empty list or a blank name is refused.',
    since: 'Only incidents of this day and later.',
    signals: 'Anomalies, each four words: `source service name kind`.',
    asOf: 'Only what was known at this moment, RFC 3339 with an offset.',
    without: 'Parts of the score to leave out, so that each can be judged by its absence.',
  },
  TraceDigestInput: {
    self: 'A digest made elsewhere: any of its parts will do.',
    text: 'The digest in words.',
    suspects: 'Suspects, best first; only `service` is needed.',
    ...prefixed('suspects[]', SUSPECT),
    signals: 'Anomalies, each four words: `source service name kind`.',
  },
};

function prefixed(prefix: string, { self: _self, ...notes }: SchemaNotes): SchemaNotes {
  return Object.fromEntries(Object.entries(notes).map(([path, note]) => [`${prefix}.${path}`, note]));
}
