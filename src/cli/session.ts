import { type App, createApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { createLog, type Log } from '../log.ts';
import type { CommandContext, Settled } from './context.ts';
import { ingestProgress } from './progress.ts';

/** Opens the program for one command and closes everything it started, whatever happens. */
export async function withApp<T>(
  context: CommandContext,
  run: (app: App, log: Log) => Promise<T>,
  settled: Settled = readConfig(context.env),
): Promise<T> {
  const log = createLog(settled.config.logLevel);
  const onBackgroundFailure = log.backgroundFailed;
  await using app = createApp(settled, {}, { onStage: log.stage, onBackgroundFailure });
  return await run(app, log);
}

/** Brings the index up to its sources, showing progress: commands that read knowledge never answer from nothing. */
export async function ingestFirst(app: App, context: CommandContext, log?: Log): Promise<void> {
  const progress = ingestProgress(context);
  try {
    const report = await app.ingest({ onProgress: progress.update, signal: context.signal });
    progress.finish(report);
    log?.ingested(report);
  } catch (error) {
    progress.stop();
    throw error;
  }
}
