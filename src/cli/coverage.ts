import { renderFindings } from '../review/annotations.ts';
import { summariseCoverage, toCoverageFindings } from '../review/coverage-report.ts';
import { type CommandContext, EXIT } from './context.ts';
import { createRepositoryPaths } from './repository-path.ts';
import { ingestFirst, withApp } from './session.ts';

export interface CoverageOptions {
  readonly rules?: readonly string[];
  readonly format: 'text' | 'json' | 'github' | 'gitlab';
  readonly json?: boolean;
}

/** `precedent coverage`: alerts without a runbook, links that lead nowhere, runbooks that no alert reaches. */
export async function coverageCommand(options: CoverageOptions, context: CommandContext): Promise<number> {
  const coverage = await withApp(context, async (app) => {
    await ingestFirst(app, context);
    return app.reviewer.getCoverage(options.rules ?? [], context.signal);
  });
  if (options.json || options.format === 'json') context.write(`${JSON.stringify(coverage)}\n`);
  else
    context.write(renderFindings(toCoverageFindings(coverage), options.format, await createRepositoryPaths(context)));
  if (options.format === 'text' && !options.json) context.write(`${summariseCoverage(coverage)}\n`);
  return coverage.counts.deadLinks > 0 || coverage.problems.length > 0 ? EXIT.badInput : EXIT.done;
}
