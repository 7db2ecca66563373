import type { Incident, KnowledgeDocument } from '../domain/document.ts';
import type { SearchRequest } from '../domain/request.ts';
import type { ComparedQuestion } from './comparison.ts';
import { indexRunbookNames, listRunbooksOf, type RunbookNames } from './coverage.ts';
import { type AlertRule, toAlert } from './rules.ts';

/** As many as a diagnosis looks at. */
export const ASKED = 10;

/** What both sides are asked, and what would be right. */
export interface Question extends Pick<ComparedQuestion, 'kind' | 'subject' | 'path' | 'line' | 'expected'> {
  readonly request: SearchRequest;
  /** An incident must not find itself. */
  readonly leaveOut?: string;
}

export type Sides = Readonly<Record<'before' | 'after', readonly KnowledgeDocument[]>>;

/** Every alerting rule twice, every alert that only a runbook names, and every incident that both sides know. */
export function listQuestions(sides: Sides, rules: readonly AlertRule[]): Question[] {
  const everything = [...sides.before, ...sides.after];
  const names = indexRunbookNames(everything.filter((document) => document.kind === 'runbook'));
  const ruled = new Set(rules.map(({ alert }) => alert));
  const named = new Map(
    everything.flatMap((document) =>
      document.kind === 'runbook' ? document.alerts.map((alert) => [alert, document] as const) : [],
    ),
  );
  const bare = [...named].filter(([alert]) => !ruled.has(alert));
  return [
    ...rules.flatMap((rule) => askOfRule(rule, names)),
    ...bare.map(([alert, { source }]) => askByName(alert, source, everything)),
    ...listSharedIncidents(sides).map(askOfIncident),
  ];
}

function askOfRule(rule: AlertRule, names: RunbookNames): Question[] {
  const { alert, path, line, annotations } = rule;
  const expected = unique(listRunbooksOf(rule, names).map(({ id }) => id));
  const hide = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(texts).flatMap(([name, text]) =>
        /runbook|sop|playbook/i.test(name) ? [] : [[name, text.replaceAll(alert, '')]],
      ),
    );
  const { labels, ...hidden } = toAlert({
    ...rule,
    expr: rule.expr.replaceAll(alert, ''),
    annotations: hide(annotations),
  });
  const { alertname: _alertname, ...unnamed } = labels;
  const place = { subject: alert, path, line, expected };
  const request = { kinds: ['runbook' as const], k: ASKED };
  return [
    { kind: 'alert', ...place, request: { ...request, alert: toAlert(rule) } },
    { kind: 'words', ...place, request: { ...request, alert: { ...hidden, labels: unnamed } } },
  ];
}

function askByName(
  alert: string,
  { path, line }: KnowledgeDocument['source'],
  everything: readonly KnowledgeDocument[],
): Question {
  const expected = everything.flatMap((document) =>
    document.kind === 'runbook' && document.alerts.includes(alert) ? [document.id] : [],
  );
  return {
    kind: 'alert',
    subject: alert,
    path,
    line,
    expected: unique(expected),
    request: { alert: { labels: { alertname: alert }, annotations: {} }, kinds: ['runbook'], k: ASKED },
  };
}

function listSharedIncidents({ before, after }: Sides): Incident[] {
  const known = new Set(before.flatMap((document) => (document.kind === 'incident' ? [document.id] : [])));
  return after.filter((document) => document.kind === 'incident').filter(({ id }) => known.has(id));
}

/** The first chunk of an incident is its symptom card: what it looked like from outside. */
function askOfIncident(incident: Incident): Question {
  const { path, line } = incident.source;
  const query = incident.chunks[0]?.text ?? incident.title;
  return {
    kind: 'incident',
    subject: incident.id,
    path,
    line,
    expected: [],
    request: { query, kinds: ['incident', 'runbook'], k: ASKED + 1 },
    leaveOut: incident.id,
  };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
