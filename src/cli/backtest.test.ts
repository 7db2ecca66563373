import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BacktestReport } from '../domain/backtest.ts';
import { createKnowledgeFolder } from '../testing/knowledge-folder.ts';
import { runCommand } from './__fixtures__/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'precedent-backtest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const incident = (day: number, service: string) => `---
date: 2026-03-${String(day).padStart(2, '0')}
category: ${day % 2 === 0 ? 'disk' : 'leak'}
rootCause: { service: ${service}, summary: Nobody had looked at it for a year. }
signals: [metric ${service}-0 memory up]
---
# What happened on day ${day}

## Detection

Pages of the shop took ${day} seconds.
`;

const history = Object.fromEntries(
  Array.from({ length: 8 }, (_, at) => [
    `incidents/day-${at + 1}.md`,
    incident(at + 1, at % 2 === 0 ? 'orders' : 'db'),
  ]),
);

describe('precedent backtest', () => {
  it('asks about the past, tells what it found, and writes it where it is wanted', async () => {
    await using knowledge = await createKnowledgeFolder(history);
    const env = { DATA_DIR: folder, KNOWLEDGE_DIR: knowledge.path };
    const [json, html, markdown] = ['report.json', 'report.html', 'report.md'].map((name) => join(folder, name));
    const run = ['backtest', '--json', `${json}`, '--html', `${html}`, '--markdown', `${markdown}`];
    const { code, out } = await runCommand(run, env);
    expect(code).toBe(0);
    expect(out).toMatch(/^# /);
    const report = BacktestReport.parse(JSON.parse(readFileSync(`${json}`, 'utf8')));
    expect(report).toMatchObject({ engine: 'precedent', asked: 3 });
    expect(readFileSync(`${markdown}`, 'utf8')).toBe(out);
    expect(readFileSync(`${html}`, 'utf8')).toMatch(/^<!doctype html>/i);

    const answer = await runCommand(['backtest', '--json', '--since', '2026-03-08'], env);
    expect(JSON.parse(answer.out)).toMatchObject({ asked: 1, skipped: [] });

    const nowhere = await runCommand(['backtest', '--html', join(folder, 'missing', 'report.html')], env);
    expect(nowhere).toMatchObject({ code: 2, notes: expect.stringContaining('cannot be written') });
  });

  it('has nothing to say without incidents, and is no success then', async () => {
    await using knowledge = await createKnowledgeFolder({
      'runbooks/db/Full.md': '# Full\n\n## Meaning\n\nIt is full.\n',
    });
    const env = { DATA_DIR: join(folder, 'empty'), KNOWLEDGE_DIR: knowledge.path };
    const { code, out, notes } = await runCommand(['backtest'], env);
    expect(code).toBe(4);
    expect(out).toBe('');
    expect(notes).toContain('there are no incidents: a backtest needs postmortems');
  });

  it.each([
    [['--since', 'yesterday'], 'must be a day: 2026-03-31'],
    [['--engine', 'oracle'], 'Allowed choices are precedent, llm'],
  ])('calls bad usage bad input: %j', async (args, message) => {
    const { code, notes } = await runCommand(['backtest', ...args], { DATA_DIR: folder });
    expect(code).toBe(2);
    expect(notes).toContain(message);
  });
});
