import { isMap, isSeq, LineCounter, type Node, parseAllDocuments, type YAMLMap } from 'yaml';
import { z } from 'zod';
import type { KnowledgeProblem } from '../domain/ingest-report.ts';

const Texts = z.record(z.string(), z.coerce.string()).default({});

/** An alerting rule of Prometheus, as its file writes it. `line` is where the rule begins, 1-based. */
export const AlertRule = z.object({
  alert: z.string().min(1),
  expr: z.coerce.string().default(''),
  labels: Texts,
  annotations: Texts,
  path: z.string(),
  line: z.int().min(1),
});
export type AlertRule = Readonly<z.infer<typeof AlertRule>>;

export interface RuleFile {
  readonly rules: readonly AlertRule[];
  readonly problems: readonly KnowledgeProblem[];
}

/**
 * The alerting rules of a file: `groups:` as Prometheus reads it, `spec.groups` of a PrometheusRule, several YAML
 * documents or JSON. Recording rules are passed over. A document that cannot be read is a problem at its line.
 * https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
 */
export function parseRules(text: string, path: string): RuleFile {
  const lineCounter = new LineCounter();
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  const rules: AlertRule[] = [];
  const problems: KnowledgeProblem[] = [];
  for (const document of parseAllDocuments(text, { lineCounter, prettyErrors: false })) {
    const [error] = document.errors;
    if (error) {
      problems.push({ path, line: lineAt(error.pos[0]), message: `not readable as a rule file: ${error.message}` });
      continue;
    }
    for (const item of listRules(document.contents)) {
      const line = lineAt(item.range?.[0] ?? 0);
      const parsed = AlertRule.safeParse({ ...toObject(item.toJS(document)), path, line });
      if (parsed.success) rules.push(parsed.data);
      else problems.push({ path, line, message: `alert rule: ${explain(parsed.error)}` });
    }
  }
  return { rules, problems };
}

/** The rules of several files as if they were one. */
export function parseRuleTexts(texts: readonly { readonly path: string; readonly text: string }[]): RuleFile {
  const files = texts.map(({ path, text }) => parseRules(text, path));
  return { rules: files.flatMap(({ rules }) => rules), problems: files.flatMap(({ problems }) => problems) };
}

function listRules(contents: unknown): YAMLMap[] {
  if (!isMap(contents)) return [];
  const groups = contents.get('groups') ?? contents.getIn(['spec', 'groups']);
  if (!isSeq<Node>(groups)) return [];
  return groups.items.flatMap((group) => {
    const listed = isMap(group) ? group.get('rules') : undefined;
    return isSeq<Node>(listed) ? listed.items.filter((item) => isMap(item)).filter((rule) => rule.has('alert')) : [];
  });
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function explain(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

/** Where the rule's author says its runbook is. */
export function linkOf({ annotations }: AlertRule): string | undefined {
  const [, url] = Object.entries(annotations).find(([name]) => /runbook|sop|playbook/i.test(name)) ?? [];
  return url === undefined || url.trim() === '' ? undefined : url.trim();
}

/** The rule as the alert that Alertmanager would send of it, for whoever asks with it. */
export function toAlert({ alert, expr, labels, annotations }: AlertRule) {
  const generatorURL = `http://prometheus.invalid/graph?g0.expr=${encodeURIComponent(expr)}`;
  return { status: 'firing' as const, labels: { ...labels, alertname: alert }, annotations, generatorURL };
}
