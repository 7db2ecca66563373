import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { PROJECT_DIR } from '../../src/config.ts';
import type { Embedder } from '../../src/ports.ts';
import { toQuestions } from '../ask/data-questions.ts';
import { type AskedQuestion, type AskFigures, measureAsk, openDesk } from '../ask/measure.ts';
import { OFF_TOPIC } from '../ask/off-topic.ts';
import { renderAsk } from '../ask/render.ts';
import { SAMPLE_CONVERSATIONS, SAMPLE_QUESTIONS } from '../ask/sample-questions.ts';
import { type DataSet, DEFAULT_DATA_DIR, missingData, readRetrievalData } from '../datasets.ts';
import { openOwnKnowledge } from '../knowledge/own-knowledge.ts';
import { openBundledEmbedder } from '../memo-embedder.ts';
import { openWorkbench } from '../workbench.ts';
import { deliver, type EvalContext, type Outputs } from './command.ts';

/** Knowledge ages, and figures that are compared must not. */
const NOW = new Date('2026-10-01T00:00:00Z');

/** `ask`: are questions in words answered from the right document, and those that nothing answers refused? */
export function addAsk(program: Command, context: EvalContext): void {
  program
    .command('ask')
    .description(
      'questions in words: answered from the right document, refused where nothing answers, cited where it stands',
    )
    .option('--data <folder>', 'where the data sets lie', DEFAULT_DATA_DIR)
    .option('--json <file>', 'write all figures there, too')
    .action(async ({ data, ...outputs }: Outputs & { readonly data: string }) => {
      await using embedder = openBundledEmbedder();
      const figures = [await measureSample(embedder)];
      const missing = missingData(data);
      if (missing === undefined) figures.push(...(await measureData(data, embedder, context)));
      else context.note(`${missing}\n`);
      await deliver({ markdown: renderAsk(figures), report: figures }, outputs, context);
    });
}

/** The sample as it is checked in; its files are read to see whether each citation holds. */
export async function measureSample(embedder: Embedder): Promise<AskFigures> {
  await using knowledge = await openOwnKnowledge({ env: {}, now: NOW }, embedder);
  const conversations = [...SAMPLE_QUESTIONS.map((one) => [one]), ...SAMPLE_CONVERSATIONS, ...strangers(OFF_TOPIC)];
  return await measureAsk('sample', conversations, await openDesk(knowledge.index, embedder, NOW), (path) => {
    const file = join(PROJECT_DIR, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  });
}

async function measureData(data: string, embedder: Embedder, { note }: EvalContext): Promise<AskFigures[]> {
  const { sets, unanswerable } = readRetrievalData(data);
  const alerts = unanswerable.filter(({ alert }) => alert !== undefined);
  const figures: AskFigures[] = [];
  for (const set of sets) {
    note(`${set.name}\n`);
    const foreign = set.kind === 'runbook' ? toQuestions('runbook', alerts).map((one) => [one]) : [];
    figures.push(...(await measureSet(set, foreign, embedder)));
  }
  return figures;
}

/** Its own questions beside those of other trades; then alerts of its own trade that none of its runbooks answers. */
async function measureSet(
  set: DataSet,
  foreign: readonly (readonly AskedQuestion[])[],
  embedder: Embedder,
): Promise<AskFigures[]> {
  await using bench = await openWorkbench(set.files, embedder);
  const desk = await openDesk(bench.index, embedder, NOW);
  const texts = new Map(set.files.map(({ path, text }) => [path, text]));
  const findText = (path: string) => texts.get(path);
  const own = toQuestions(set.kind, set.cases).map((one) => [one]);
  const figures = [await measureAsk(set.name, [...own, ...strangers(OFF_TOPIC)], desk, findText)];
  if (foreign.length === 0) return figures;
  return [...figures, await measureAsk(`${set.name}, alerts without a runbook`, foreign, desk, findText)];
}

function strangers(questions: readonly string[]): AskedQuestion[][] {
  return questions.map((question) => [{ question, from: [] }]);
}
