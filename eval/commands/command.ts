import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { DEFAULT_DATA_DIR, missingData } from '../datasets.ts';

/** What a command may touch of the process. */
export interface EvalContext {
  readonly env: NodeJS.ProcessEnv;
  readonly write: (text: string) => void;
  /** How far it is; never mixed into the report. */
  readonly note: (text: string) => void;
}

export interface Outputs {
  readonly json?: string;
  readonly html?: string;
}

export interface Measurement {
  readonly markdown: string;
  readonly report: unknown;
  readonly html?: string;
}

/** Markdown on stdout; all figures as JSON and the page with plots where they were asked for. */
export async function deliver({ markdown, report, html }: Measurement, outputs: Outputs, { write }: EvalContext) {
  write(`${markdown}\n`);
  if (outputs.json !== undefined) await writeFile(outputs.json, `${JSON.stringify(report, null, 2)}\n`);
  if (outputs.html !== undefined && html !== undefined) await writeFile(outputs.html, html);
}

/** A measurement on data sets that lie beside the project: where `folders` of them are absent it only says so. */
export function addDataMeasurement(
  program: Command,
  context: EvalContext,
  { name, description, folders = [] }: { readonly name: string; readonly description: string; folders?: string[] },
  measure: (data: string) => Promise<Measurement>,
): void {
  program
    .command(name)
    .description(description)
    .option('--data <folder>', 'where the data sets lie', DEFAULT_DATA_DIR)
    .option('--json <file>', 'write all figures there, too')
    .action(async ({ data, ...outputs }: Outputs & { readonly data: string }) => {
      const missing = missingData(data, folders);
      if (missing === undefined) await deliver(await measure(data), outputs, context);
      else context.write(`${missing}\n`);
    });
}
