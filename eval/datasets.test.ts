import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SearchRequest } from '../src/domain/request.ts';
import { missingData, readRetrievalData } from './datasets.ts';
import { toGroup, toPlainText, toSearchRequest } from './questions.ts';

const ALERT = {
  id: 'demo-1',
  alertname: 'QueueBacklogHigh',
  severity: 'warning',
  labels: {},
  summary: 'QueueBacklogHigh: the queue is growing.',
  description: '{{ $value }} messages wait.',
  message: '',
  expr: 'rabbitmq_queue_messages > 100',
  relevant: ['demo/queue/Doc'],
  query_with_name: 'Queue Backlog High. The queue is growing.',
  query_without_name: 'The queue is growing.',
  verbatim_words: 3,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'precedent-datasets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeRows(path: string, ...rows: readonly unknown[]): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), `${rows.map((row) => JSON.stringify(row)).join('\n')}\n\n`);
}

function writeSet(name: string, alert: object = ALERT, id = 'demo/queue/Doc'): void {
  writeRows(`${name}/corpus.jsonl`, { id, markdown: '# Doc' });
  writeRows(`${name}/queries.jsonl`, alert);
}

describe('data sets', () => {
  it('of any name become files of a knowledge folder and questions', () => {
    writeSet('alert-to-runbook/web');
    writeSet('alert-to-runbook/db', { ...ALERT, relevant: ['db/table/Lock'] }, 'db/table/Lock');
    writeSet('postmortems');
    writeRows('alert-to-runbook/strangers/queries.jsonl', { ...ALERT, relevant: [] });
    const { sets, unanswerable } = readRetrievalData(folder);
    expect(sets.map(({ name }) => name)).toEqual(['db', 'web', 'pooled', 'postmortems']);
    expect(sets[0]?.files).toEqual([{ path: 'runbooks/table/Lock.md', text: '# Doc' }]);
    expect(sets[1]?.cases[0]).toMatchObject({ relevant: ['queue/Doc'], isVerbatim: true });
    expect(sets[2]?.cases).toHaveLength(2);
    expect(sets[3]).toMatchObject({ kind: 'incident', variants: ['text-only'] });
    expect(unanswerable).toHaveLength(1);
  });

  it('whose documents have the same names are kept apart in the pool', () => {
    writeSet('alert-to-runbook/web');
    writeSet('alert-to-runbook/db');
    const pooled = readRetrievalData(folder).sets.find(({ name }) => name === 'pooled');
    expect(pooled?.files.map(({ path }) => path)).toEqual(['runbooks/db/queue/Doc.md', 'runbooks/web/queue/Doc.md']);
    expect(pooled?.cases.map(({ relevant }) => relevant)).toEqual([['db/queue/Doc'], ['web/queue/Doc']]);
  });

  it('may lie in several folders of postmortems, and may be all there is', () => {
    writeSet('postmortems/first');
    writeSet('postmortems/second');
    expect(missingData(folder)).toBeUndefined();
    expect(readRetrievalData(folder).sets.map(({ name }) => name)).toEqual(['first', 'second']);
  });

  it('may leave out all that a question can do without', () => {
    writeSet('alert-to-runbook/web', { id: 'q', summary: 'The queue grows.', relevant: ['demo/queue/Doc'] });
    const [set] = readRetrievalData(folder).sets;
    expect(set).toMatchObject({ variants: ['text-only'], cases: [{ text: { unnamed: 'The queue grows.' } }] });
    expect(toGroup(set!, 'text-only').questions[0]?.request).toMatchObject({ query: 'The queue grows.' });
  });

  it('with questions of both kinds give the unanswerable ones away', () => {
    writeRows('alert-to-runbook/web/corpus.jsonl', { id: 'demo/queue/Doc', markdown: '# Doc' });
    writeRows('alert-to-runbook/web/queries.jsonl', ALERT, { ...ALERT, id: 'demo-2', relevant: [] });
    const { sets, unanswerable } = readRetrievalData(folder);
    expect(sets.map(({ cases }) => cases.length)).toEqual([1]);
    expect(unanswerable.map(({ id }) => id)).toEqual(['demo-2']);
  });

  it('that are absent are reported with where they were looked for', () => {
    expect(missingData('/nowhere')).toContain('no evaluation data at /nowhere/alert-to-runbook');
    expect(missingData('/nowhere', ['trace-faults'])).toContain('/nowhere/trace-faults');
  });
});

describe('a set that cannot be measured is refused, saying where:', () => {
  it.each([
    ['a row that does not fit', { ...ALERT, relevant: 'one' }, /queries\.jsonl:1: .*relevant/s],
    ['a question that says nothing', { id: 'q', relevant: ['demo/queue/Doc'] }, /queries\.jsonl:1: .*says nothing/s],
    [
      'an answer that is not there',
      { ...ALERT, relevant: ['demo/other'] },
      /demo-1 is answered by other, which is not/,
    ],
  ])('%s', (_, row, message) => {
    writeSet('alert-to-runbook/web', row);
    expect(() => readRetrievalData(folder)).toThrow(message);
  });

  it('a line that is not JSON', () => {
    writeSet('alert-to-runbook/web');
    writeFileSync(join(folder, 'alert-to-runbook/web/queries.jsonl'), '{"id": ');
    expect(() => readRetrievalData(folder)).toThrow(/queries\.jsonl:1: not JSON/);
  });

  it('not a single question', () => {
    writeSet('alert-to-runbook/web');
    writeFileSync(join(folder, 'alert-to-runbook/web/queries.jsonl'), '\n');
    expect(() => readRetrievalData(folder)).toThrow('not a single row');
  });

  it('another format', () => {
    mkdirSync(join(folder, 'alert-to-runbook/web'), { recursive: true });
    writeFileSync(join(folder, 'alert-to-runbook/web/queries.csv'), 'id,text\n');
    expect(() => readRetrievalData(folder)).toThrow(/unknown format: expected .* found queries\.csv/);
  });

  it('no set at all', () => {
    mkdirSync(join(folder, 'alert-to-runbook'));
    expect(() => readRetrievalData(folder)).toThrow('holds no set');
  });

  it('answers without a corpus', () => {
    writeRows('alert-to-runbook/web/queries.jsonl', ALERT);
    expect(() => readRetrievalData(folder)).toThrow('no corpus.jsonl to find it in');
  });
});

describe('a question', () => {
  const options = { kind: 'runbook', k: 10 } as const;
  const ask = (variant: 'with-name' | 'opaque-name' | 'text-only') => {
    writeSet('alert-to-runbook/web');
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
