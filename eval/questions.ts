import type { SearchRequest } from '../src/domain/request.ts';
import type { AlertRow, Case, DataSet, Variant } from './datasets.ts';

/** A name that tells nothing, as in teams that number their alerts. */
const OPAQUE_NAME = 'Alert4711';

/** The question as a caller of the service would put it. */
export function toSearchRequest(
  { alert, text }: Case,
  variant: Variant,
  { kind, k }: { readonly kind: DataSet['kind']; readonly k: number },
): SearchRequest {
  const base = { kinds: [kind], k };
  if (!alert || variant === 'text-only') return { ...base, query: text.unnamed };
  return { ...base, alert: variant === 'with-name' ? toAlert(alert) : withoutName(alert) };
}

/** What a plain text search would be given for the same question. */
export function toPlainText({ text }: Case, variant: Variant): string {
  return variant === 'with-name' ? text.named : text.unnamed;
}

type SentAlert = NonNullable<SearchRequest['alert']>;

/** Alertmanager's shape. Where the runbook is said stays out: that is the answer. */
function toAlert({ alertname, severity, labels, summary, description, message, expr }: AlertRow): SentAlert {
  const annotations = Object.entries({ summary, description, message }).filter(([, text]) => text !== '');
  return {
    status: 'firing',
    labels: { ...labels, alertname, severity },
    annotations: Object.fromEntries(annotations),
    generatorURL: `http://prometheus.example/graph?g0.expr=${encodeURIComponent(expr)}&g0.tab=1`,
  };
}

function withoutName(alert: AlertRow): SentAlert {
  const hide = (text: string) => text.replaceAll(alert.alertname, '');
  const { summary, description, message } = alert;
  return toAlert({
    ...alert,
    alertname: OPAQUE_NAME,
    summary: hide(summary),
    description: hide(description),
    message: hide(message),
    expr: hide(alert.expr),
  });
}
