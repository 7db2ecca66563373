import { type App, createApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { createLog, type Log } from '../log.ts';
import type { CommandContext, Settled } from './context.ts';
import { downloadProgress, ingestProgress } from './progress.ts';

/** Opens the program for one command and closes everything it started, whatever happens. */
export async function withApp<T>(
  context: CommandContext,
  run: (app: App, log: Log) => Promise<T>,
  { settled = readConfig(context.env), isService = false }: { settled?: Settled; isService?: boolean } = {},
): Promise<T> {
  // A service tells its story in the log; a command answers by itself, and its log speaks only of trouble.
  const { logLevel } = settled.config;
  const log = createLog(logLevel === 'info' && !isService ? 'warn' : logLevel);
  const observers = {
    onStage: log.stage,
    onDiagnosed: log.diagnosed,
    onBackgroundFailure: log.backgroundFailed,
    onDownload: downloadProgress(context),
  };
  await using app = createApp(settled, {}, observers);
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
