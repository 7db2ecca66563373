import { z } from 'zod';
import type { Reception } from '../domain/occurrence.ts';
import { parseInput } from '../domain/parse-input.ts';
import { readGroup, WireAlert, WireGroupHead } from './alert-group.ts';
import { boundedList } from './bounds.ts';
import type { ReadContext } from './context.ts';
import { buildGroups, hashOf, identify } from './identity.ts';
import { fewOf, Prose, present, readLabels, toAnnotationValue, Url, Word } from './words.ts';

/** Alertmanager's shape under version "1", with what the rule measured beside each alert. */
const GrafanaAlert = WireAlert.extend({
  values: z.unknown().optional(),
  /** Of Grafana 9: the same as one text. */
  valueString: Prose,
  dashboardURL: Url,
  panelURL: Url,
});
type GrafanaAlert = Readonly<z.infer<typeof GrafanaAlert>>;

const GrafanaGroup = WireGroupHead.extend({ orgId: Word, alerts: boundedList(GrafanaAlert) });

/** Before unified alerting: one rule, no labels of its own. */
const LegacyAlert = z.object({
  ruleName: Word,
  title: Word,
  ruleId: Word,
  ruleUrl: Url,
  orgId: Word,
  state: z.string(),
  message: Prose,
  tags: WireAlert.shape.labels,
  evalMatches: fewOf(z.object({ metric: Word, value: Word })),
});

const LEGACY_STATES: Readonly<Record<string, 'firing' | 'resolved'>> = {
  alerting: 'firing',
  no_data: 'firing',
  ok: 'resolved',
};

/** Alerts of a rule that could not be evaluated carry these names, and the rule's own as `rulename`. */
const UNEVALUATED: Readonly<Record<string, string>> = {
  DatasourceNoData: 'gave no data',
  DatasourceError: 'could not be evaluated',
};

/** https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/ */
export function readGrafana(body: unknown, context: ReadContext): Reception {
  if (isLegacy(body)) return readLegacy(body, context);
  const group = parseInput(GrafanaGroup, body);
  const { groupKey, orgId } = group;
  return readGroup(
    {
      ...group,
      // Organisations of one Grafana count their groups apart.
      groupKey: groupKey === undefined || orgId === undefined ? groupKey : `${orgId}:${groupKey}`,
      alerts: group.alerts.map((alert) => ({ ...alert, annotations: annotate(alert) })),
    },
    context,
  );
}

/** What was measured and which rule it was are words that somebody on call reads. */
function annotate(alert: GrafanaAlert): Record<string, string> {
  const { labels, annotations, values, valueString, dashboardURL, panelURL } = alert;
  const what = UNEVALUATED[labels['alertname'] ?? ''];
  const rule = labels['rulename'];
  const summary = what === undefined || rule === undefined ? undefined : `The rule ${rule} ${what}`;
  const measured = Object.entries(readLabels(values)).map(([name, value]) => `${name}=${value}`);
  const told = { summary, values: toAnnotationValue(measured.join(', ')) ?? valueString, dashboardURL, panelURL };
  return { ...present(told), ...annotations };
}

function isLegacy(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !('alerts' in body) && 'state' in body && 'ruleName' in body;
}

function readLegacy(body: unknown, context: ReadContext): Reception {
  const alert = parseInput(LegacyAlert, body);
  const status = LEGACY_STATES[alert.state];
  if (status === undefined) return { kind: 'ignored', why: `the state is neither alerting, no_data nor ok` };
  const name = alert.ruleName ?? alert.title ?? 'Grafana alert';
  const fingerprint = hashOf(['grafana', alert.orgId, alert.ruleId ?? name]);
  const values = (alert.evalMatches ?? []).map(({ metric, value }) => `${metric}=${value}`).join(', ');
  const told = {
    isFiring: status === 'firing',
    labels: { ...alert.tags, alertname: name },
    annotations: present({ summary: alert.title, description: alert.message, values: toAnnotationValue(values) }),
    generatorURL: alert.ruleUrl,
    fingerprint,
  };
  return { kind: 'alerts', groups: buildGroups({ groupKey: fingerprint }, [identify(told, context.receivedAt)]) };
}
