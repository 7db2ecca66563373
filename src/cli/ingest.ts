import { type CommandContext, EXIT } from './context.ts';
import { ingestProgress, summarise } from './progress.ts';
import { withApp } from './session.ts';

/** `precedent ingest`: brings the index up to its sources and reports on every file. */
export async function ingestCommand(options: { readonly json?: boolean }, context: CommandContext): Promise<number> {
  const report = await withApp(context, async (app) => {
    const progress = ingestProgress(context);
    try {
      return await app.ingest({ onProgress: progress.update, signal: context.signal });
    } finally {
      progress.stop();
    }
  });
  context.write(options.json ? `${JSON.stringify(report)}\n` : summarise(report));
  return report.files.some(({ status }) => status === 'failed') ? EXIT.badInput : EXIT.done;
}
