import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHashEmbedder } from '../src/testing/hash-embedder.ts';
import { measureKnowledge } from './knowledge/measure.ts';
import { openOwnKnowledge } from './knowledge/own-knowledge.ts';
import { withholdMeanings } from './knowledge/runbook-questions.ts';
import { main } from './main.ts';
import { createMemoEmbedder } from './memo-embedder.ts';
import { renderEvaluation } from './report/evaluation-markdown.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'precedent-eval-main-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Runs a command, and gives back what it said. */
async function run(...args: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const write = (text: string) => {
    said.out += text;
  };
  const note = (text: string) => {
    said.err += text;
  };
  const exitCode = await main(args, { env: {}, write, note });
  return { exitCode, ...said };
}

describe('a measurement', () => {
  it.each(['retrieval', 'fusion', 'traces', 'digests', 'unseen'])(
    '%s without its data says so, and is no failure',
    async (name) => {
      const { exitCode, out } = await run(name, '--data', folder);
      expect({ exitCode, out }).toEqual({
        exitCode: 0,
        out: expect.stringContaining('skipped: no evaluation data at'),
      });
    },
  );

  it('of knowledge that gives no question is one', async () => {
    write('incidents/2025/odd.md', '# Something odd\n\nNobody knows.\n');
    const { exitCode, err } = await run('knowledge', '--knowledge', folder);
    expect(exitCode).toBe(1);
    expect(err).toContain('nothing to measure: among 0 runbooks and 1 incidents not a single question has an answer');
  });

  it('of data in another format is one, named by its folder', async () => {
    write('alert-to-runbook/web/alerts.csv', 'name\n');
    const { exitCode, err } = await run('retrieval', '--data', folder);
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringContaining('unknown format') });
  });
});

it('questions are written for whoever keeps no log', async () => {
  write('runbooks/orders/QueueBacklog.md', '# Orders queue is growing\n\n## Meaning\n\nConsumers are slow.\n');
  const out = join(folder, 'questions.jsonl');
  expect(await run('questions', '--knowledge', folder, '--out', out)).toMatchObject({ exitCode: 0 });
  expect(readFileSync(out, 'utf8')).toContain('what to do when orders queue is growing');
});

describe('own knowledge', () => {
  const incident = (date: string, symptom: string) =>
    `---\ndate: ${date}\ncategory: leak\nrootCause: {service: orders, summary: a leak}\n---\n# Leak\n\n## Summary\n\n${symptom}\n`;

  it('is asked from end to end, and a runbook is without the words that are asked of it', async () => {
    const meaning = 'Messages of customers wait far too long before anybody reads them.';
    write(
      'runbooks/orders/QueueBacklog.md',
      `# Backlog\n\n## Meaning\n\n${meaning}\n\n## Mitigation\n\n1. Add consumers.\n`,
    );
    write('runbooks/web/Errors.md', '# Errors\n\n## Meaning\n\nThe shop answers with an error page to many people.\n');
    write('incidents/2025/2025-01-01-old.md', incident('2025-01-01', 'Orders arrived minutes late.'));
    write('incidents/2025/2025-02-01-new.md', incident('2025-02-01', 'Orders arrived an hour late.'));
    await using embedder = createMemoEmbedder(createHashEmbedder());
    await using knowledge = await openOwnKnowledge({ env: {}, folder }, embedder);
    const report = await measureKnowledge(knowledge, { embedder, ablates: true, rules: [], written: [] });
    const asked = report.comparisons.map(({ set, variant, systems }) => [set, variant, systems.hybrid['R@1'].n]);
    expect(asked).toEqual(
      expect.arrayContaining([
        ['incidents, same category', 'as alerted', 1],
        ['incidents, same category and service', 'symptoms only', 1],
        ['runbooks', 'meaning withheld, name hidden', 2],
      ]),
    );
    const withheld = withholdMeanings(knowledge.documents.filter((document) => document.kind === 'runbook'));
    await using changed = await knowledge.reopen(withheld.runbooks);
    expect(JSON.stringify(await changed.getDocument('runbook', 'orders/QueueBacklog'))).not.toContain('far too long');
    const incidents = report.comparisons.find(({ set }) => set === 'incidents, same category');
    expect(incidents?.systems.hybrid['R@1'].value).toBe(1);
    expect(report.abstention[0]?.scores.strangers).toHaveLength(1);
    expect(renderEvaluation('Knowledge', report)).toContain('What each part is worth');
  });

  it('has the texts of alerting rules, and a rule file that cannot be read is no rule', async () => {
    write(
      'runbooks/orders/QueueBacklog.md',
      '---\nalerts: [QueueBacklog]\n---\n# Backlog\n\n## Mitigation\n\n1. Add consumers.\n',
    );
    const rule = '{alert: QueueBacklog, expr: up == 0, annotations: {summary: Messages pile up}}';
    write('rules/orders.yaml', `groups: [{name: orders, rules: [${rule}]}]`);
    await using embedder = createMemoEmbedder(createHashEmbedder());
    await using knowledge = await openOwnKnowledge({ env: {}, folder }, embedder);
    const rules = await knowledge.readRules([join(folder, 'rules')]);
    const report = await measureKnowledge(knowledge, { embedder, ablates: false, rules, written: [] });
    expect(report.comparisons.map(({ variant }) => variant)).toEqual(['alert as sent', 'rule’s texts, name hidden']);
    write('rules/broken.yaml', 'groups: [{rules: [{alert: 1}]}]');
    await expect(knowledge.readRules([join(folder, 'rules')])).rejects.toThrow('broken.yaml:1');
  });
});
