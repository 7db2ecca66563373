import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { App } from '../app.ts';
import { renderHtml } from '../backtest/report/html.ts';
import { renderMarkdown } from '../backtest/report/markdown.ts';
import type { BacktestReport } from '../domain/backtest.ts';
import type { EngineName } from '../domain/engine.ts';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import { type CommandContext, EXIT } from './context.ts';
import { parseInput } from './input.ts';
import { backtestProgress } from './progress.ts';
import { plain } from './render.ts';
import { ingestFirst, withApp } from './session.ts';

export interface BacktestCommandOptions {
  readonly engine: EngineName;
  readonly since?: string;
  readonly fresh?: boolean;
  /** `true` is the answer itself. */
  readonly json?: string | true;
  readonly html?: string;
  readonly markdown?: string;
}

const Since = z.iso.date('must be a day: 2026-03-31').optional();

/** `precedent backtest`: would this have found it last time, and how far can its confidence be believed? */
export async function backtestCommand(options: BacktestCommandOptions, context: CommandContext): Promise<number> {
  const since = parseInput(Since, options.since);
  const report = await withApp(context, async (app) => {
    await ingestFirst(app, context);
    return runWithProgress(app, { ...options, since }, context);
  });
  await writeFiles(report, options);
  context.write(options.json === true ? `${JSON.stringify(report)}\n` : renderMarkdown(plain(report)));
  return EXIT.done;
}

async function runWithProgress(
  { backtester }: Pick<App, 'backtester'>,
  { engine, fresh, since }: { engine: EngineName; fresh?: boolean; since: string | undefined },
  context: CommandContext,
): Promise<BacktestReport> {
  const progress = backtestProgress(context);
  try {
    const { signal } = context;
    return (await backtester.run({ engine, fresh, since, onProgress: progress.update, signal })).report;
  } finally {
    progress.stop();
  }
}

async function writeFiles(report: BacktestReport, { json, html, markdown }: BacktestCommandOptions): Promise<void> {
  if (typeof json === 'string') await write(json, `${JSON.stringify(report, null, 2)}\n`);
  if (markdown !== undefined) await write(markdown, renderMarkdown(report));
  if (html !== undefined) await write(html, renderHtml(report));
}

/** The run is kept, so whoever mistyped a folder need not wait for it again. */
async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const message = `the report cannot be written to ${path}: ${messageOf(error)}; run it again with another path`;
    throw new PrecedentError('input-invalid', message, { cause: error });
  }
}
