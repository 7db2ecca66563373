import { once } from 'node:events';
import type { App } from '../app.ts';
import { isPrecedentError } from '../domain/errors.ts';
import { startServer } from '../http/server.ts';
import { type CommandContext, EXIT } from './context.ts';
import { ingestFirst, withApp } from './session.ts';

/**
 * `precedent serve`: answers probes at once, ingests when the index is behind its sources, says when it is ready, and
 * drains when asked to stop. Until the first ingest is through, /readyz says what is missing.
 */
export async function serveCommand(options: { readonly json?: boolean }, context: CommandContext): Promise<number> {
  return withApp(
    context,
    async (app, log) => {
      // Nothing comes in before it is known what is noise.
      await app.noise.refresh();
      const server = await startServer(app, log);
      // Beside the ingest: the first alert may come with it.
      if (app.config.traces) void app.traces.warm();
      try {
        await bringUpToDate(app, context);
        // The first alert need not wait until the knowledge is in memory; where it is not to be had, /readyz says so.
        await app.getServiceGraph().catch(() => undefined);
        if (!context.signal.aborted) {
          context.write(options.json ? `${JSON.stringify({ url: server.url })}\n` : `listening on ${server.url}\n`);
          log.listening(server.url);
          app.refresher.start();
          app.noise.start();
          app.alerts.start();
          await once(context.signal, 'abort');
        }
      } finally {
        await server.close();
      }
      return EXIT.done;
    },
    { isService: true },
  );
}

/** Knowledge that cannot be read or indexed now must not keep the service down; a broken model must. */
async function bringUpToDate({ refresher }: App, context: CommandContext): Promise<void> {
  const stop = () => refresher.stop();
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    if (context.signal.aborted) stop();
    // The refresher tells the log, and tries again by itself what may pass.
    await ingestFirst({ ingest: ({ onProgress } = {}) => refresher.refresh('start', onProgress) }, context);
  } catch (error) {
    if (context.signal.aborted) return;
    if (!isPrecedentError(error) || error.code.startsWith('model-')) throw error;
  } finally {
    context.signal.removeEventListener('abort', stop);
  }
}
