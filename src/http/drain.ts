import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Watches what runs on `server`; the function it returns closes the server, cutting short only what outlasts `graceMs`. */
export function drainable(server: Server, graceMs: number): () => Promise<void> {
  const running = new Set<ServerResponse>();
  server.on('request', (_request, response) => {
    running.add(response);
    response.once('close', () => running.delete(response));
  });
  return async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    await allDone(running, graceMs);
    // Idle connections, those that never sent anything, and what overran its grace.
    server.closeAllConnections();
    await closed;
  };
}

async function allDone(running: ReadonlySet<ServerResponse>, graceMs: number): Promise<void> {
  const givenUp = new AbortController();
  const finished = Promise.all([...running].map((response) => once(response, 'close', { signal: givenUp.signal })));
  const bound = delay(graceMs, undefined, { signal: givenUp.signal });
  await Promise.race([finished, bound]);
  finished.catch(() => {});
  bound.catch(() => {});
  givenUp.abort();
}
