import { join } from 'node:path';
import type { Command } from 'commander';
import { PROJECT_DIR } from '../../src/config.ts';
import { compareWithBaseline, type Figures, readBaseline, writeBaseline } from '../check/baseline.ts';
import { measureDataFigures } from '../check/measure-figures.ts';
import { measureSample, SAMPLE_BASELINE } from '../check/sample.ts';
import { missingData, readRetrievalData } from '../datasets.ts';
import { openBundledEmbedder } from '../memo-embedder.ts';
import type { EvalContext } from './command.ts';

const SHARED_BASELINE = join(PROJECT_DIR, 'eval', 'baselines', 'shared.json');

const ABOUT =
  'Figures that a change must not lower without saying so. Written by `npm run eval -- check --update`; see docs/evaluation.md.';

/** `check`: fails when a figure has fallen by more than one question. */
export function addCheck(program: Command, context: EvalContext): void {
  program
    .command('check')
    .description('the sample, or with --data the data sets there, against the figures in eval/baselines/')
    .option('--data <folder>', 'measure these data sets instead of the sample')
    .option('--update', 'the fall is meant: write the figures as they are now')
    .action(async ({ data, update }: { readonly data?: string; readonly update?: boolean }) => {
      const missing = data === undefined ? undefined : missingData(data);
      if (missing !== undefined) return context.write(`${missing}\n`);
      const file = data === undefined ? SAMPLE_BASELINE : SHARED_BASELINE;
      await using embedder = openBundledEmbedder();
      const figures =
        data === undefined
          ? await measureSample(embedder)
          : await measureDataFigures(readRetrievalData(data), embedder);
      if (update) {
        writeBaseline(file, ABOUT, figures);
        context.write(`${Object.keys(figures).length} figures written to ${file}\n`);
      } else report(file, figures, context);
    });
}

function report(file: string, figures: Figures, { write }: EvalContext): void {
  const { problems, news } = compareWithBaseline(readBaseline(file), figures);
  for (const line of news) write(`${line}\n`);
  if (problems.length > 0) throw new Error(explainFall(problems, file));
  write(`${Object.keys(figures).length} figures, none below ${file} by more than one question\n`);
}

export function explainFall(problems: readonly string[], file: string): string {
  const lines = problems.map((problem) => `  ${problem}`).join('\n');
  return `not what ${file} says:\n${lines}\nIf that is meant, \`npm run eval -- check --update\` writes the figures anew; say why in the commit.`;
}
