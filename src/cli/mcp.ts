import { once } from 'node:events';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { LOCAL_OPERATOR } from '../domain/principal.ts';
import { createMcpServer } from '../mcp/server.ts';
import { type CommandContext, EXIT } from './context.ts';
import { ingestFirst, withApp } from './session.ts';

/** `precedent mcp`: the tools over standard input and output, until the client closes them. */
export async function mcpCommand(context: CommandContext): Promise<number> {
  return withApp(context, async (app) => {
    await ingestFirst(app, context);
    const ended = new AbortController();
    const connection = serveStdio(() => createMcpServer(app.mcp, LOCAL_OPERATOR), {
      onerror: (error) => context.note(`mcp: ${error.message}\n`),
    });
    process.stdin.once('end', () => ended.abort());
    context.signal.addEventListener('abort', () => ended.abort(), { once: true });
    await once(ended.signal, 'abort');
    await connection.close();
    return EXIT.done;
  });
}
