import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { messageOf } from '../src/domain/errors.ts';
import { DEFAULT_DATA_DIR, missingData, readRetrievalData } from './datasets.ts';
import { digestFile, measureDigests } from './digests.ts';
import { measureFusion } from './fusion.ts';
import { renderDigests, renderFusion, renderRetrieval } from './markdown.ts';
import { measureRetrieval } from './retrieval.ts';
import { renderTraces } from './trace-table.ts';
import { measureTraceFaults } from './traces.ts';

interface Options {
  readonly data: string;
  readonly json?: string;
}

interface Measurement {
  readonly markdown: string;
  readonly report: unknown;
}

const program = new Command('eval').description('Measures Precedent on data with ground truth. Markdown on stdout.');

addMeasurement('retrieval', 'alerts against runbooks, symptoms against postmortems, beside BM25', async (data) => {
  const report = await measureRetrieval(readRetrievalData(data));
  return { markdown: renderRetrieval(report), report };
});

addMeasurement('fusion', 'the weight of the dense leg, leaving one set out at a time', async (data) => {
  const report = await measureFusion(readRetrievalData(data));
  return { markdown: renderFusion(report), report };
});

addMeasurement('traces', 'injected faults: does the digest name the culprit?', async (data) => {
  const report = await measureTraceFaults(join(data, 'trace-faults'));
  return { markdown: renderTraces(report), report };
});

addMeasurement('digests', 'anomalies without words: does a precedent name the culprit?', async (data) => {
  const report = await measureDigests(digestFile(data));
  return { markdown: renderDigests(report), report };
});

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

/** A command that prints its Markdown and, if asked, keeps all its figures as JSON. Without data it only says so. */
function addMeasurement(name: string, description: string, measure: (data: string) => Promise<Measurement>): void {
  program
    .command(name)
    .description(description)
    .option('--data <folder>', 'where the data sets lie', DEFAULT_DATA_DIR)
    .option('--json <file>', 'write all figures there, too')
    .action(async ({ data, json }: Options) => {
      const missing = missingData(data);
      const { markdown, report } =
        missing === undefined ? await measure(data) : { markdown: missing, report: undefined };
      process.stdout.write(`${markdown}\n`);
      if (json !== undefined && report !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    });
}
