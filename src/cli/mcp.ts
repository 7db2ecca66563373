import { once } from 'node:events';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { App } from '../app.ts';
import { LOCAL_OPERATOR } from '../domain/principal.ts';
import type { McpParts } from '../mcp/parts.ts';
import { createMcpServer } from '../mcp/server.ts';
import { type CommandContext, EXIT } from './context.ts';
import { ingestFirst, withApp } from './session.ts';

/**
 * `precedent mcp`: the tools over standard input and output, until the client closes them. It speaks at once, because hosts
 * give up on a server that is silent while it ingests; the tools wait for that, and say why where it fails.
 */
export async function mcpCommand(context: CommandContext): Promise<number> {
  return withApp(context, async (app) => {
    const ended = new AbortController();
    const end = () => ended.abort();
    process.stdin.once('end', end);
    context.signal.addEventListener('abort', end, { once: true });
    if (context.signal.aborted) end();
    const ready = bringUpToDate(app, context);
    const connection = serveStdio(() => createMcpServer(afterReady(app.mcp, ready), LOCAL_OPERATOR), {
      onerror: (error) => context.note(`mcp: ${error.message}\n`),
    });
    if (!ended.signal.aborted) await once(ended.signal, 'abort');
    app.refresher.stop();
    await connection.close();
    return EXIT.done;
  });
}

/** A host keeps its servers for days: later changes of the knowledge are followed as `serve` does. */
async function bringUpToDate({ refresher }: App, context: CommandContext): Promise<void> {
  await ingestFirst({ ingest: ({ onProgress } = {}) => refresher.refresh('start', onProgress) }, context);
  refresher.start();
}

/** Tools that need the knowledge wait for it, or fail as its ingest did. */
function afterReady(parts: McpParts, ready: Promise<void>): McpParts {
  // Told to whoever calls a tool; while nobody does, it is no failure of the process.
  ready.catch(() => {});
  return {
    ...parts,
    search: (request, signal) => ready.then(() => parts.search(request, signal)),
    getDocument: (kind, id) => ready.then(() => parts.getDocument(kind, id)),
    getServiceGraph: () => ready.then(() => parts.getServiceGraph()),
    diagnose: (question, asker) => ready.then(() => parts.diagnose(question, asker)),
  };
}
