import { describe, expect, it } from 'vitest';
import { type AlertGroup, startOf } from '../domain/alert.ts';
import { normalise, stripPlaceholders } from './normalise.ts';

const knownServices = new Map(
  ['web-server', 'web', 'pre-processor', 'queue', 'Checkout'].map((service) => [service.toLowerCase(), service]),
);
const alert = (fields: Partial<AlertGroup['alerts'][number]> = {}) => ({ labels: {}, annotations: {}, ...fields });
const group = (fields: Partial<AlertGroup> = {}): AlertGroup => ({
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  alerts: [alert()],
  ...fields,
});
const read = (fields: Partial<AlertGroup>) => normalise(group(fields), { knownServices });

describe('placeholders', () => {
  it.each([
    ['Pod {{ $labels.pod }} is down', 'Pod pod is down'],
    ['{{$labels.job}} at {{ $value | humanizePercentage }}', 'job at value'],
    ['{{ printf "%.2f" $value }} s', 'value s'],
    ['{{ .Values.cluster }}', 'cluster'],
    ['braces {} and {{}} alone', 'braces {} and   alone'],
    ['{{ 42 }}', ' '],
    ['an {{ unclosed one', 'an {{ unclosed one'],
  ])('%s → %s', (text, expected) => {
    expect(stripPlaceholders(text)).toBe(expected);
  });

  it('never hold up a long text, closed or not', () => {
    const start = performance.now();
    for (const text of [`{{${'a'.repeat(100_000)}`, '{{'.repeat(50_000), `{{ ${'a '.repeat(50_000)}| b`])
      stripPlaceholders(text);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('text', () => {
  it('is what a person would read, each line once', () => {
    const annotations = {
      summary: 'Queue grows',
      description: 'Messages wait',
      dashboard: 'https://grafana.example/d/1',
    };
    const { text } = read({ commonAnnotations: annotations, alerts: [alert({ annotations }), alert({ annotations })] });
    expect(text).toBe('Queue grows\nMessages wait');
  });

  it('keeps what only one alert of the group says', () => {
    const alerts = [alert({ annotations: { summary: 'one' } }), alert({ annotations: { message: 'two' } })];
    expect(read({ alerts }).text).toBe('one\ntwo');
  });
});

describe('expression', () => {
  const link = (expression: string) =>
    alert({ generatorURL: `http://prometheus.example/graph?g0.expr=${encodeURIComponent(expression)}&g0.tab=1` });

  it.each([
    ['sum by (queue) (rate(rabbitmq_queue_messages{job="rabbit"}[5m])) > 100', 'queue rabbitmq_queue_messages rabbit'],
    ['job:errors:rate5m / 2e3', 'job:errors:rate5m'],
    ['absent(up == 1)', 'up'],
  ])('%s → %s', (expression, expected) => {
    expect(read({ alerts: [link(expression)] }).expression).toBe(expected);
  });

  it('may stand in an annotation, and is no part of the text', () => {
    const situation = read({ commonAnnotations: { expr: 'up == 0', summary: 'down' } });
    expect(situation).toMatchObject({ expression: 'up', text: 'down' });
  });

  it.each(['not a url', 'http://x.example/graph', ''])('is empty for the link "%s"', (generatorURL) => {
    expect(read({ alerts: [alert({ generatorURL })] }).expression).toBe('');
  });
});

describe('services', () => {
  it.each([
    [{ service: 'web-server' }, ['web-server']],
    [{ pod: 'pre-processor-7f6d5c4b9a-x2x4z' }, ['pre-processor']],
    [{ pod: 'web-server-0' }, ['web-server']],
    [{ instance: 'queue.prod.example:9090' }, ['queue']],
    [{ service: 'Web-Server', app: 'web-server' }, ['web-server']],
    [{ service: 'checkout' }, ['Checkout']],
    [{ service: 'Checkout' }, ['Checkout']],
    [{ pod: 'checkout-7f6d5c4b9a-x2x4z' }, ['Checkout']],
    [{ service: 'unheard-of' }, []],
    [{ team: 'web-server' }, []],
    [{ pod: 'web-server-0.web.prod.example' }, ['web-server']],
    [{ pod: `web-${'-'.repeat(100_000)}` }, ['web']],
  ])('of labels %j are %j', (labels, expected) => {
    expect(read({ commonLabels: labels }).services).toEqual(expected);
  });

  it('are told by words of the text too, after those of the labels', () => {
    const fields = {
      commonLabels: { pod: 'web-0' },
      commonAnnotations: { summary: 'the queue behind pre-processors grows' },
    };
    expect(read(fields).services).toEqual(['web', 'queue']);
    expect(read({ commonAnnotations: { summary: 'checkout is slow' } }).services).toEqual(['Checkout']);
  });
});

describe('what is too long', () => {
  it('of services keeps those that are named first', () => {
    const names = Array.from({ length: 80 }, (_, at) => `service-${at}`);
    const known = new Map(names.map((name) => [name, name]));
    const alerts = names.map((service) => alert({ labels: { service } }));
    expect(normalise(group({ alerts }), { knownServices: known }).services).toEqual(names.slice(0, 50));
  });

  it('is cut before it holds up the service', () => {
    const start = performance.now();
    const link = `http://x.example/${'/'.repeat(1_000_000)}x`;
    const situation = read({
      commonAnnotations: {
        description: 'disk full {{ $value }} '.repeat(450_000),
        message: 'a different text '.repeat(600_000),
        expr: 'up_and_running + '.repeat(600_000),
        runbook_url: link,
      },
    });
    expect(situation.text).toHaveLength(20_000);
    expect(situation.expression.length).toBeLessThanOrEqual(5_000);
    expect(situation.runbookUrls).toEqual([]);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('does not overflow the stack when it is the list of alerts', () => {
    const alerts = Array.from({ length: 150_000 }, () => alert({ startsAt: '2026-06-01T10:00:00Z' }));
    expect(startOf(group({ alerts }))).toEqual(new Date('2026-06-01T10:00:00Z'));
  });
});

describe('the rest', () => {
  it('names, severity and runbook links are gathered over the group, once each', () => {
    const situation = read({
      commonLabels: { alertname: 'High', severity: 'critical' },
      commonAnnotations: { runbook_url: 'https://x.example/High' },
      alerts: [
        alert({ labels: { alertname: 'High' }, annotations: { runbook_url: 'https://x.example/High' } }),
        alert({ labels: { alertname: 'Low', severity: 'warning' }, annotations: { sop_url: 'https://x.example/Low' } }),
      ],
    });
    expect(situation).toMatchObject({
      alertNames: ['High', 'Low'],
      severity: 'critical',
      runbookUrls: ['https://x.example/High', 'https://x.example/Low'],
    });
  });

  it('the first alert says when it began', () => {
    const alerts = [alert({ startsAt: '2026-06-01T10:05:00Z' }), alert({ startsAt: '2026-06-01T12:00:00+02:00' })];
    expect(read({ alerts }).startsAt).toEqual(new Date('2026-06-01T10:00:00Z'));
  });

  it('what nobody said is absent', () => {
    expect(read({})).toEqual({
      text: '',
      expression: '',
      alertNames: [],
      services: [],
      runbookUrls: [],
      signals: [],
    });
  });

  it('signals come once each', () => {
    const signals = ['metric queue depth up', 'metric queue depth up'];
    expect(normalise(group(), { knownServices, signals }).signals).toEqual(['metric queue depth up']);
  });
});
