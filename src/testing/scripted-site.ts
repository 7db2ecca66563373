import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SiteAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A real HTTP server on this machine that answers as the test says and records what it was asked. */
export interface ScriptedSite extends AsyncDisposable {
  readonly url: string;
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  /** The most requests that were under way at once. */
  readonly mostAtOnce: () => number;
}

export async function createScriptedSite(
  answer: (path: string) => SiteAnswer | undefined | Promise<SiteAnswer | undefined>,
): Promise<ScriptedSite> {
  const requests: ScriptedSite['requests'] = [];
  let [running, most] = [0, 0];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    requests.push({ path, headers: request.headers });
    most = Math.max(most, ++running);
    const { status = 200, headers = {}, body = '' } = (await answer(path)) ?? { status: 404 };
    running--;
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    mostAtOnce: () => most,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
