import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createPorts } from '../../src/drivers.ts';
import { createRedactor } from '../../src/redact/redact.ts';
import { buildRunbook, buildSection } from '../../src/testing/knowledge-builder.ts';
import { answers, startScriptedLlm } from '../../src/testing/scripted-llm.ts';
import { askHeadings } from './heading-questions.ts';
import { askLlm } from './llm-questions.ts';
import { groupWritten, readQuestionFile, writeQuestionLines } from './question-file.ts';

const runbook = buildRunbook({
  id: 'orders/QueueBacklog',
  title: 'Queue of orders is growing',
  alerts: ['QueueBacklog'],
  sections: [
    {
      ...buildSection(
        'runbooks/orders/QueueBacklog.md',
        'mitigation',
        'Add consumers, two at a time, and wait for a minute.',
      ),
      source: { path: 'q.md', line: 9, endLine: 9, sha: '', headingPath: ['Mitigation', 'Add more consumers.'] },
    },
    buildSection('runbooks/orders/QueueBacklog.md', 'meaning', 'Consumers are slow.'),
  ],
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'precedent-questions-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('questions of headings', () => {
  it('are made of the title and of headings that say something', () => {
    expect(askHeadings([runbook]).map(({ question }) => question)).toEqual([
      'what to do when queue of orders is growing',
      'queue of orders is growing: add more consumers',
    ]);
  });

  it('are the same on every run', () => {
    expect(askHeadings([runbook])).toEqual(askHeadings([runbook]));
  });
});

describe('a file of questions', () => {
  it('is read back as it was written, and asked by who wrote it', () => {
    const file = join(folder, 'questions.jsonl');
    writeFileSync(file, writeQuestionLines(askHeadings([runbook])));
    const questions = readQuestionFile(file, [runbook]);
    expect(questions).toEqual(askHeadings([runbook]));
    expect(groupWritten(questions, 'runbook')).toMatchObject([{ set: 'runbooks', variant: 'questions by heading' }]);
    expect(groupWritten(questions, 'incident')).toEqual([]);
  });

  it('for documents that are gone is refused, and so is an empty one', () => {
    const file = join(folder, 'questions.jsonl');
    writeFileSync(file, writeQuestionLines(askHeadings([runbook])));
    expect(() => readQuestionFile(file, [])).toThrow('2 of 2 questions are answered by documents that are not there');
    writeFileSync(file, '');
    expect(() => readQuestionFile(file, [runbook])).toThrow('not a single row');
  });
});

describe('questions by an LLM', () => {
  const openModel = (baseUrl: string) => {
    const settled = readConfig(
      { LLM_BASE_URL: baseUrl, LLM_MODEL: 'scripted-1', DATA_DIR: folder },
      join(folder, 'no.yaml'),
    );
    const { chatModel } = createPorts(settled, {}, createRedactor(['secrets']), undefined);
    if (!chatModel) throw new Error('an LLM is configured');
    return chatModel;
  };
  const deadline = () => AbortSignal.timeout(10_000);

  it('are asked for over HTTP; those that give the document away are dropped', async () => {
    const honest = 'orders arrive minutes after they were placed';
    const given = ['what is QueueBacklog about', 'should I add consumers two at a time and wait', honest];
    await using llm = await startScriptedLlm(answers({ questions: given }));
    const { questions, problems } = await askLlm([runbook], openModel(llm.baseUrl), { deadline });
    expect(questions).toEqual([{ question: honest, kind: 'runbook', relevant: runbook.id, by: 'scripted-1' }]);
    expect(problems).toEqual([]);
    expect(JSON.stringify(llm.requests[0]?.body)).toContain('Consumers are slow.');
  });

  it('in a form that cannot be used are asked for once more, then named; the next document is asked all the same', async () => {
    const fine = { questions: ['customers see stale prices in the shop'] };
    await using llm = await startScriptedLlm(answers('no'), answers({ questions: [] }), answers(fine));
    const other = buildRunbook({ id: 'shop/Prices', title: 'Prices are old' });
    const { questions, problems } = await askLlm([runbook, other], openModel(llm.baseUrl), { deadline });
    expect(questions.map(({ relevant }) => relevant)).toEqual(['shop/Prices']);
    expect(problems).toEqual([expect.stringContaining('runbook orders/QueueBacklog')]);
    expect(llm.refused).toEqual([]);
  });
});
