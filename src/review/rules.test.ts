import { describe, expect, it } from 'vitest';
import { linkOf, parseRules, toAlert } from './rules.ts';

const FILE = `groups:
  - name: web
    rules:
      - record: job:requests:rate5m
        expr: sum(rate(requests_total[5m]))
      - alert: WebLatencyHigh
        expr: histogram_quantile(0.99, rate(latency_bucket[5m])) > 1
        for: 10m
        labels: { severity: critical, tier: 1 }
        annotations:
          summary: Slow pages
          runbook_url: https://runbooks.example.com/web/WebLatencyHigh.md
`;

describe('reading alerting rules', () => {
  it('finds them in a rule file, with their lines, and passes recording rules over', () => {
    const { rules, problems } = parseRules(FILE, 'rules/web.yaml');
    expect(problems).toEqual([]);
    expect(rules).toEqual([
      {
        alert: 'WebLatencyHigh',
        expr: 'histogram_quantile(0.99, rate(latency_bucket[5m])) > 1',
        labels: { severity: 'critical', tier: '1' },
        annotations: { summary: 'Slow pages', runbook_url: 'https://runbooks.example.com/web/WebLatencyHigh.md' },
        path: 'rules/web.yaml',
        line: 6,
      },
    ]);
  });

  it('finds them in a PrometheusRule, in several documents and in JSON', () => {
    const resource = `kind: PrometheusRule\nspec:\n  groups:\n    - rules: [{alert: A, expr: up == 0}]\n`;
    const more = `---\ngroups: [{name: g, rules: [{alert: B, expr: 1}]}]\n`;
    expect(parseRules(resource + more, 'r.yaml').rules.map(({ alert }) => alert)).toEqual(['A', 'B']);
    const json = JSON.stringify({ groups: [{ name: 'g', rules: [{ alert: 'C', expr: 'up' }] }] });
    expect(parseRules(json, 'r.json').rules.map(({ alert }) => alert)).toEqual(['C']);
  });

  it('names what is broken with its line, and keeps the rest', () => {
    const broken = parseRules(`${FILE}---\ngroups: [\n`, 'r.yaml');
    expect(broken.rules).toHaveLength(1);
    expect(broken.problems[0]).toMatchObject({ path: 'r.yaml', message: expect.stringContaining('not readable') });
    const nameless = parseRules('groups: [{rules: [{alert: "", expr: up}]}]', 'r.yaml');
    expect(nameless.problems).toEqual([
      { path: 'r.yaml', line: 1, message: expect.stringContaining('alert rule: alert') },
    ]);
  });

  it.each(['', 'just words', 'groups: none', 'spec: {}', '- a\n- b', 'groups: [{rules: [1, null]}]'])(
    'finds none in %j',
    (text) => {
      expect(parseRules(text, 'r.yaml')).toEqual({ rules: [], problems: [] });
    },
  );

  it('gives the alert that would be sent, and the link that it would carry', () => {
    const [rule] = parseRules(FILE, 'r.yaml').rules;
    if (!rule) throw new Error('the file has a rule');
    expect(toAlert(rule)).toMatchObject({
      labels: { alertname: 'WebLatencyHigh', severity: 'critical' },
      annotations: { summary: 'Slow pages' },
      generatorURL: expect.stringContaining('histogram_quantile'),
    });
    expect(linkOf(rule)).toBe('https://runbooks.example.com/web/WebLatencyHigh.md');
    expect(linkOf({ ...rule, annotations: {} })).toBeUndefined();
  });
});
