import { once } from 'node:events';
import { isPrecedentError } from '../domain/errors.ts';
import { startServer } from '../http/server.ts';
import { type CommandContext, EXIT } from './context.ts';
import { ingestFirst, withApp } from './session.ts';

/** `precedent serve`: ingests when the index is behind its sources, listens, and drains when asked to stop. */
export async function serveCommand(options: { readonly json?: boolean }, context: CommandContext): Promise<number> {
  return withApp(
    context,
    async (app, log) => {
      try {
        await ingestFirst(app, context, log);
      } catch (error) {
        // Knowledge that cannot be read or indexed now must not keep the service down: /readyz says what is missing.
        if (context.signal.aborted || !isPrecedentError(error) || error.code.startsWith('model-')) throw error;
        log.ingestFailed(error);
      }
      const server = await startServer(app, log);
      context.write(options.json ? `${JSON.stringify({ url: server.url })}\n` : `listening on ${server.url}\n`);
      log.listening(server.url);
      if (!context.signal.aborted) await once(context.signal, 'abort');
      await server.close();
      return EXIT.done;
    },
    { isService: true },
  );
}
