import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readConfig } from '../../src/config.ts';
import { createPorts } from '../../src/drivers.ts';
import { createRedactor } from '../../src/redact/redact.ts';
import { askHeadings } from '../knowledge/heading-questions.ts';
import { askLlm, type LlmQuestions } from '../knowledge/llm-questions.ts';
import { type OwnKnowledge, openOwnKnowledge } from '../knowledge/own-knowledge.ts';
import { writeQuestionLines } from '../knowledge/question-file.ts';
import { openBundledEmbedder } from '../memo-embedder.ts';
import type { EvalContext } from './command.ts';

interface Options {
  readonly out: string;
  readonly knowledge?: string;
}

/** `questions`: for teams that keep no log of what was asked. */
export function addQuestions(program: Command, context: EvalContext): void {
  program
    .command('questions')
    .description(
      'writes questions that your documents answer: of their headings, and by an LLM where one is configured',
    )
    .requiredOption('--out <file>', 'where to write them, one JSON object a line')
    .option('--knowledge <folder>', 'instead of what is configured, which is the sample where nothing is')
    .action(async ({ out, knowledge: folder }: Options) => {
      await using embedder = openBundledEmbedder();
      await using knowledge = await openOwnKnowledge({ env: context.env, folder }, embedder);
      const written = await writeByLlm(knowledge, context);
      const questions = [...askHeadings(knowledge.documents), ...written.questions];
      if (questions.length === 0) throw new Error('no question could be written: there is no runbook and no incident');
      await writeFile(out, writeQuestionLines(questions));
      for (const problem of written.problems) context.note(`${problem}\n`);
      context.write(`${questions.length} questions written to ${out}, ${written.questions.length} of them by an LLM\n`);
    });
}

/** With LLM_BASE_URL and LLM_MODEL; what leaves for the model has been through the redactor. */
async function writeByLlm({ documents }: OwnKnowledge, { env, note }: EvalContext): Promise<LlmQuestions> {
  const settled = readConfig(env);
  const { llm, redact } = settled.config;
  const { chatModel } = createPorts(settled, {}, createRedactor(redact), undefined);
  if (!llm || !chatModel) return { questions: [], problems: [] };
  return askLlm(documents, chatModel, {
    deadline: () => AbortSignal.timeout(llm.timeoutMs),
    onAsked: (id) => note(`${id}\n`),
  });
}
