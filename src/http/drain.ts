import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Longer than a diagnosis may take before it is answered 202. */
const GRACE_MS = 15_000;

/** Watches what runs on `server`; the function it returns closes the server without cutting that short. */
export function drainable(server: Server): () => Promise<void> {
  const running = new Set<ServerResponse>();
  server.on('request', (_request, response) => {
    running.add(response);
    response.once('close', () => running.delete(response));
  });
  return async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    await allDone(running);
    // Idle connections, those that never sent anything, and what overran its grace.
    server.closeAllConnections();
    await closed;
  };
}

async function allDone(running: ReadonlySet<ServerResponse>): Promise<void> {
  const givenUp = new AbortController();
  const finished = Promise.all([...running].map((response) => once(response, 'close', { signal: givenUp.signal })));
  const bound = delay(GRACE_MS, undefined, { signal: givenUp.signal });
  await Promise.race([finished, bound]);
  finished.catch(() => {});
  bound.catch(() => {});
  givenUp.abort();
}
