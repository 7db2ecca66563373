import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SearchRequest } from '../src/domain/request.ts';
import { ALERT_SETS, missingData, readRetrievalData } from './datasets.ts';
import { toPlainText, toSearchRequest } from './questions.ts';

const ALERT = {
  id: 'demo-1',
  alertname: 'QueueBacklogHigh',
  severity: 'warning',
  labels: {},
  summary: 'QueueBacklogHigh: the queue is growing.',
  description: '{{ $value }} messages wait.',
  message: '',
  expr: 'rabbitmq_queue_messages > 100',
  relevant: ['demo/queue/QueueBacklogHigh'],
  query_with_name: 'Queue Backlog High. The queue is growing.',
  query_without_name: 'The queue is growing.',
  verbatim_words: 3,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'precedent-datasets-'));
  for (const set of [...ALERT_SETS, 'no-runbook']) writeSet(join('alert-to-runbook', set));
  writeSet('postmortems');
  mkdirSync(join(folder, 'trace-faults'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeSet(name: string, alert: object = ALERT): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'corpus.jsonl'), JSON.stringify({ id: `${name}/queue/Doc`, markdown: '# Doc' }));
  writeFileSync(join(folder, name, 'queries.jsonl'), `${JSON.stringify(alert)}\n\n`);
}

describe('data sets', () => {
  it('become files of a knowledge folder and questions', () => {
    const { sets, unanswerable } = readRetrievalData(folder);
    expect(sets.map(({ name }) => name)).toEqual([...ALERT_SETS, 'pooled', 'postmortems']);
    expect(sets.at(-1)).toMatchObject({ kind: 'incident', variants: ['text-only'] });
    expect(sets[4]?.cases).toHaveLength(4);
    expect(sets[0]?.cases[0]).toMatchObject({ relevant: ['queue/QueueBacklogHigh'], isVerbatim: true });
    expect(unanswerable).toHaveLength(1);
  });

  it('with a broken line are refused, with file and line', () => {
    writeSet('postmortems', { ...ALERT, relevant: 'one' });
    expect(() => readRetrievalData(folder)).toThrow(/postmortems\/queries\.jsonl:1: .*relevant/s);
  });

  it('that are absent are reported with where they were looked for', () => {
    expect(missingData(folder)).toBeUndefined();
    expect(missingData('/nowhere')).toContain('no evaluation data at /nowhere/alert-to-runbook');
  });
});

describe('a question', () => {
  const options = { kind: 'runbook', k: 10 } as const;
  const ask = (variant: 'with-name' | 'opaque-name' | 'text-only') => {
    const query = readRetrievalData(folder).sets[0]?.cases[0];
    if (!query) throw new Error('the set has a case');
    return { request: toSearchRequest(query, variant, options), text: toPlainText(query, variant) };
  };

  it('is one that the service accepts, in every variant', () => {
    for (const variant of ['with-name', 'opaque-name', 'text-only'] as const) {
      expect(SearchRequest.safeParse(ask(variant).request).success).toBe(true);
    }
  });

  it('with its name is the alert as a sender sends it, with the expression in its link', () => {
    const { request, text } = ask('with-name');
    expect(request.alert?.labels).toEqual({ alertname: 'QueueBacklogHigh', severity: 'warning' });
    expect(new URL(request.alert?.generatorURL ?? '').searchParams.get('g0.expr')).toBe(ALERT.expr);
    expect(request.alert?.annotations).not.toHaveProperty('message');
    expect(text).toBe(ALERT.query_with_name);
  });

  it('without its name gives it away nowhere', () => {
    expect(JSON.stringify(ask('opaque-name').request)).not.toContain('QueueBacklogHigh');
    expect(ask('text-only').request).toEqual({ kinds: ['runbook'], k: 10, query: ALERT.query_without_name });
  });
});
