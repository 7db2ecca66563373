import type { SearchRequest } from '../src/domain/request.ts';
import type { AlertRow, Case, DataSet, Variant } from './datasets.ts';

/** One thing asked of every system: of ours as a caller would, of a plain text search in words. */
export interface Question {
  readonly id: string;
  readonly request: SearchRequest;
  readonly text: string;
  readonly relevant: ReadonlySet<string>;
  /** One of several is as good as all of them: then R@k asks whether one is among the first k. */
  readonly anyWillDo?: boolean;
  /** Documents that may not answer: the question's own, and what nobody could know at its time. */
  readonly isKnown?: (id: string) => boolean;
  readonly isVerbatim: boolean;
}

/** Questions of one kind, put in one way: one row of the report. */
export interface QuestionGroup {
  readonly set: string;
  readonly variant: string;
  readonly questions: readonly Question[];
}

/** Deep enough to hold what each leg alone would have put first; the order does not depend on it. */
export const DEPTH = 50;

export function toGroup(set: DataSet, variant: Variant): QuestionGroup {
  const questions = set.cases.map((query) => ({
    id: query.id,
    request: toSearchRequest(query, variant, { kind: set.kind, k: DEPTH }),
    text: toPlainText(query, variant),
    relevant: new Set(query.relevant),
    isVerbatim: query.isVerbatim,
  }));
  return { set: set.name, variant, questions };
}

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
    labels: { ...labels, alertname, ...(severity === '' ? {} : { severity }) },
    annotations: Object.fromEntries(annotations),
    ...(expr === ''
      ? {}
      : { generatorURL: `http://prometheus.example/graph?g0.expr=${encodeURIComponent(expr)}&g0.tab=1` }),
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
