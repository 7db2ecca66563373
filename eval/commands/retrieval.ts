import type { Command } from 'commander';
import { DEFAULT_DATA_DIR, missingData, readRetrievalData } from '../datasets.ts';
import { openBundledEmbedder } from '../memo-embedder.ts';
import { renderEvaluationPage } from '../report/evaluation-html.ts';
import { renderEvaluation } from '../report/evaluation-markdown.ts';
import { measureRetrieval } from '../retrieval.ts';
import { deliver, type EvalContext, type Outputs } from './command.ts';

interface Options extends Outputs {
  readonly data: string;
  readonly ablation: boolean;
  readonly reranker?: string;
}

/** `retrieval`: alerts against runbooks, symptoms against postmortems, beside BM25, dense alone and LangChain's recipe. */
export function addRetrieval(program: Command, context: EvalContext): void {
  program
    .command('retrieval')
    .description('alerts against runbooks, symptoms against postmortems, beside three baselines')
    .option('--data <folder>', 'where the data sets lie', DEFAULT_DATA_DIR)
    .option('--no-ablation', 'do not leave every part of the score out in turn')
    .option('--reranker <model>', 'read the first again with this cross-encoder: a local folder or a hub id')
    .option('--json <file>', 'write all figures there, too')
    .option('--html <file>', 'write a page with plots there, too')
    .action(async ({ data, ablation, reranker, ...outputs }: Options) => {
      const missing = missingData(data);
      if (missing !== undefined) return context.write(`${missing}\n`);
      await using embedder = openBundledEmbedder();
      const onProgress = (text: string) => context.note(`${text}\n`);
      const report = await measureRetrieval(readRetrievalData(data), {
        embedder,
        ablates: ablation,
        reranker,
        onProgress,
      });
      const markdown = renderEvaluation('Retrieval', report);
      await deliver({ markdown, report, html: renderEvaluationPage('Retrieval', report) }, outputs, context);
    });
}
