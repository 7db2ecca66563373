import { once } from 'node:events';
import { join } from 'node:path';
import { PROJECT_DIR, readConfig } from '../config.ts';
import { Diagnosis } from '../domain/diagnosis.ts';
import { startServer } from '../http/server.ts';
import { type CommandContext, EXIT, type Settled } from './context.ts';
import { readJson } from './input.ts';
import { heading, paint, plain } from './render.ts';
import { renderDiagnosis } from './render-diagnosis.ts';
import { ingestFirst, withApp } from './session.ts';

const EXAMPLES = {
  alert: 'examples/alerts/pre-processor-latency.json',
  baseline: 'examples/traces/normal.json',
  incident: 'examples/traces/spiked.json',
} as const;

/**
 * `precedent demo`: the whole job on the sample knowledge, over real HTTP, in a data folder of its own. Settings of the
 * environment are left out on purpose: the demo shows the same answer everywhere.
 */
export async function demoCommand(
  options: { readonly keep?: boolean; readonly json?: boolean },
  context: CommandContext,
): Promise<number> {
  const settled = demoConfig();
  return withApp(
    context,
    async (app, log) => {
      context.note('Starting the embedded Chroma and reading the sample knowledge …\n');
      await ingestFirst(app, context);
      const server = await startServer(app, log);
      context.note(`Serving on ${server.url}; sending ${EXAMPLES.alert} with two trace windows …\n`);
      try {
        const diagnosis = await ask(server.url);
        context.write(options.json ? `${JSON.stringify(diagnosis)}\n` : renderDiagnosis(plain(diagnosis)));
        if (options.keep) await keepServing(server.url, context);
      } finally {
        await server.close();
      }
      return EXIT.done;
    },
    { settled },
  );
}

function demoConfig(): Settled {
  const { config, secrets } = readConfig(
    { PORT: '0', DATA_DIR: join(PROJECT_DIR, '.precedent', 'demo'), LOG_LEVEL: 'warn' },
    '',
  );
  return { config, secrets };
}

async function ask(url: string): Promise<Diagnosis> {
  const [alert, baseline, incident] = await Promise.all(
    [EXAMPLES.alert, EXAMPLES.baseline, EXAMPLES.incident].map((path) => readJson(join(PROJECT_DIR, path))),
  );
  const response = await fetch(`${url}/v1/diagnoses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ alert, traces: { baseline, incident } }),
  });
  if (!response.ok) throw new Error(`the demo's request was answered ${response.status}: ${await response.text()}`);
  return Diagnosis.parse(await response.json());
}

async function keepServing(url: string, { write, signal }: CommandContext): Promise<void> {
  write(
    [
      heading('Try it'),
      `  curl '${url}/v1/search?q=queue+backlog&k=3'\n`,
      `  curl ${url}/v1/diagnoses -H 'content-type: application/json' -d "{\\"alert\\": $(cat ${EXAMPLES.alert})}"\n`,
      `  curl ${url}/v1/topology\n`,
      `  API documentation: ${url}/docs\n\n`,
      paint.quiet('Ctrl-C stops it.\n'),
    ].join(''),
  );
  if (!signal.aborted) await once(signal, 'abort');
}
