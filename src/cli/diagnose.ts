import type { App } from '../app.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import { PrecedentError } from '../domain/errors.ts';
import { type DiagnosisQuestion, DiagnosisRequest } from '../domain/request.ts';
import { type CommandContext, EXIT } from './context.ts';
import { parseInput, readJson, refuseSharedInput } from './input.ts';
import { plain } from './render.ts';
import { renderDiagnosis } from './render-diagnosis.ts';
import { ingestFirst, withApp } from './session.ts';
import { readTraceFiles } from './trace-files.ts';

export interface DiagnoseOptions {
  readonly alert: string;
  readonly baseline?: string;
  readonly incident?: string;
  readonly asOf?: string;
  readonly k?: number;
  readonly engine?: string;
  readonly json?: boolean;
}

/** `precedent diagnose`: what the HTTP route answers, for a file. Abstaining is an answer with an exit code of its own. */
export async function diagnoseCommand(options: DiagnoseOptions, context: CommandContext): Promise<number> {
  const request = await readRequest(options);
  const diagnosis = await withApp(context, async (app): Promise<Diagnosis> => {
    if (app.config.traces && options.incident === undefined) void app.traces.warm();
    const question = await readWindows(request, options, app, context);
    await ingestFirst(app, context);
    return app.desk.complete(question);
  });
  context.write(options.json ? `${JSON.stringify(diagnosis)}\n` : renderDiagnosis(plain(diagnosis)));
  return diagnosis.kind === 'abstained' ? EXIT.nothing : EXIT.done;
}

async function readRequest(options: DiagnoseOptions): Promise<DiagnosisQuestion> {
  if (options.baseline && !options.incident) {
    throw new PrecedentError('input-invalid', '--baseline needs --incident: a window to compare it with');
  }
  refuseSharedInput(options.alert, options.baseline, options.incident);
  return parseInput(DiagnosisRequest, {
    alert: await readJson(options.alert),
    asOf: options.asOf,
    options: { k: options.k, engine: options.engine },
  });
}

async function readWindows(
  request: DiagnosisQuestion,
  { baseline, incident }: DiagnoseOptions,
  app: App,
  context: CommandContext,
): Promise<DiagnosisQuestion> {
  if (incident === undefined) return request;
  return { ...request, analysis: await readTraceFiles({ baseline, incident }, request.asOf, app, context) };
}
