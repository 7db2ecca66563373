import { renderFindings } from '../review/annotations.ts';
import type { Comparison } from '../review/comparison.ts';
import { toComparisonFindings, toMarkdown, toText } from '../review/comparison-report.ts';
import { type CommandContext, EXIT } from './context.ts';
import { createRepositoryPaths } from './repository-path.ts';
import { withApp } from './session.ts';

export interface DiffOptions {
  readonly base: string;
  readonly rules?: readonly string[];
  readonly format: 'text' | 'json' | 'github' | 'gitlab' | 'markdown';
  readonly json?: boolean;
}

/** `precedent diff`: what the working tree's change of the knowledge does to the answers. It only informs. */
export async function diffCommand(options: DiffOptions, context: CommandContext): Promise<number> {
  const { base, rules = [] } = options;
  const comparison = await withApp(context, (app) => app.reviewer.compare({ base, rules, signal: context.signal }));
  context.write(await render(comparison, options, context));
  return EXIT.done;
}

async function render(comparison: Comparison, { format, json }: DiffOptions, context: CommandContext): Promise<string> {
  if (json || format === 'json') return `${JSON.stringify(comparison)}\n`;
  if (format === 'markdown') return toMarkdown(comparison);
  if (format === 'text') return toText(comparison);
  return renderFindings(toComparisonFindings(comparison), format, await createRepositoryPaths(context));
}
