import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { type App, createApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import { createLog, type Log } from '../log.ts';
import type { CommandContext, Settled } from './context.ts';
import { downloadProgress, ingestProgress } from './progress.ts';

/** Opens the program for one command and closes everything it started, whatever happens. */
export async function withApp<T>(
  context: CommandContext,
  run: (app: App, log: Log) => Promise<T>,
  { settled = readConfig(context.env), isService = false }: { settled?: Settled; isService?: boolean } = {},
): Promise<T> {
  await assertWritable(settled.config.dataDir);
  // A service tells its story in the log; a command answers by itself, and its log speaks only of trouble.
  const { logLevel } = settled.config;
  const log = createLog(logLevel === 'info' && !isService ? 'warn' : logLevel);
  const observers = {
    onStage: log.stage,
    onDiagnosed: log.diagnosed,
    onAccepted: log.accepted,
    onTriaged: log.triaged,
    onNoiseRules: log.noiseRulesRead,
    onRefreshed: log.refreshed,
    onBackgroundFailure: log.backgroundFailed,
    onDownload: downloadProgress(context),
  };
  await using app = createApp(settled, {}, observers);
  return await run(app, log);
}

/** Found out at once and told as the mistake that it is, rather than by whichever driver writes first. */
async function assertWritable(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK);
  } catch (error) {
    const message = `DATA_DIR ${dataDir} cannot be written to: ${messageOf(error)}`;
    throw new PrecedentError('config-invalid', message, { cause: error });
  }
}

/** Brings the index up to its sources, showing progress: commands that read knowledge never answer from nothing. */
export async function ingestFirst(app: Pick<App, 'ingest'>, context: CommandContext): Promise<void> {
  const progress = ingestProgress(context);
  try {
    const report = await app.ingest({ onProgress: progress.update, signal: context.signal });
    progress.finish(report);
  } catch (error) {
    progress.stop();
    throw error;
  }
}
