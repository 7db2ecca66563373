import type { Command } from 'commander';
import { type KnowledgeReport, measureKnowledge } from '../knowledge/measure.ts';
import { openOwnKnowledge } from '../knowledge/own-knowledge.ts';
import { readQuestionFile } from '../knowledge/question-file.ts';
import { openBundledEmbedder } from '../memo-embedder.ts';
import { renderEvaluationPage } from '../report/evaluation-html.ts';
import { renderEvaluation } from '../report/evaluation-markdown.ts';
import { deliver, type EvalContext, type Outputs } from './command.ts';

interface Options extends Outputs {
  readonly knowledge?: string;
  readonly rules?: readonly string[];
  readonly questions?: string;
  readonly ablation: boolean;
}

/** `knowledge`: your own knowledge asked for itself. */
export function addKnowledge(program: Command, context: EvalContext): void {
  program
    .command('knowledge')
    .description('your own knowledge: every incident against those before it, every alert for its runbook')
    .option('--knowledge <folder>', 'instead of what is configured, which is the sample where nothing is')
    .option(
      '--rules <files...>',
      'alerting rules, whose texts are asked, too: files, folders or globs instead of those that sources name',
    )
    .option('--questions <file>', 'questions to ask besides, as `questions --out` writes them')
    .option('--no-ablation', 'do not leave every part of the score out in turn')
    .option('--json <file>', 'write all figures there, too')
    .option('--html <file>', 'write a page with plots there, too')
    .action(async ({ knowledge: folder, rules = [], questions, ablation, ...outputs }: Options) => {
      await using embedder = openBundledEmbedder();
      await using knowledge = await openOwnKnowledge({ env: context.env, folder }, embedder);
      const report = await measureKnowledge(knowledge, {
        embedder,
        ablates: ablation,
        rules: await knowledge.readRules(rules),
        written: questions === undefined ? [] : readQuestionFile(questions, knowledge.documents),
      });
      const markdown = `${renderEvaluation('Your knowledge', report)}\n\n${renderCounts(report)}`;
      await deliver({ markdown, report, html: renderEvaluationPage('Your knowledge', report) }, outputs, context);
    });
}

function renderCounts({ counts: { runbooks, incidents } }: KnowledgeReport): string {
  return [
    `${runbooks} runbooks; ${incidents.asked} incidents were asked, of which ${incidents.undated} have no date and are`,
    `asked against all others; ${incidents.silent} tell no symptom. An incident that has no precedent of its kind is asked`,
    'only whether there is one.',
  ].join('\n');
}
