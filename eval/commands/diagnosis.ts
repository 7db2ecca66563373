import type { Command } from 'commander';
import { DEFAULT_DATA_DIR, missingData } from '../datasets.ts';
import { type DigestSystem, measureDigestSystems } from '../diagnosis/digests.ts';
import { measureOwn } from '../diagnosis/own.ts';
import { renderDiagnosis } from '../diagnosis/render.ts';
import { digestFile } from '../digest-cases.ts';

import { openOwnKnowledge } from '../knowledge/own-knowledge.ts';
import { openBundledEmbedder } from '../memo-embedder.ts';
import { deliver, type EvalContext, type Outputs } from './command.ts';

interface Options extends Outputs {
  readonly data: string;
  readonly knowledge?: string;
  readonly quick: boolean;
}

/** `diagnosis`: how often it is right, whether its confidence can be believed, and whether what it cites is there. */
export function addDiagnosis(program: Command, context: EvalContext): void {
  program
    .command('diagnosis')
    .description('causes, calibrated confidence, citations and leaks: anomaly digests, and your own incidents')
    .option('--data <folder>', 'where the data sets lie', DEFAULT_DATA_DIR)
    .option('--knowledge <folder>', 'instead of what is configured, which is the sample where nothing is')
    .option('--quick', 'where a system is asked in tenths, which takes long, three of the ten', false)
    .option('--json <file>', 'write all figures there, too')
    .action(async ({ data, knowledge: folder, quick, ...outputs }: Options) => {
      await using embedder = openBundledEmbedder();
      const { env, note } = context;
      await using knowledge = await openOwnKnowledge({ env, folder }, embedder);
      const own = await measureOwn(knowledge, { embedder, note });
      const missing = missingData(data, ['incident-digests']);
      const systems: readonly DigestSystem[] | string =
        missing ?? (await measureDigestSystems(digestFile(data), { embedder, quick, note }));
      const report = { systems, own };
      await deliver({ markdown: renderDiagnosis(report), report }, outputs, context);
    });
}
