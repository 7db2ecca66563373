import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import { LOCAL_OPERATOR, type Principal } from '../../domain/principal.ts';
import type { Log } from '../../log.ts';
import { inputInvalid } from '../input.ts';
import { respondWithProblem } from '../problem.ts';

export interface Mounted extends AsyncDisposable {
  readonly url: string;
}

/** Some routes alone on a free port of a real server, with problems for every error; everybody is `principal`. */
export async function mount(
  addRoutes: (api: OpenAPIHono) => void,
  principal: Principal = LOCAL_OPERATOR,
): Promise<Mounted> {
  const api = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw inputInvalid(result.error);
    },
  });
  api.use(async (c, next) => {
    c.set('principal', principal);
    await next();
  });
  // The only event that routes log.
  const log: Pick<Log, 'requestFailed'> = { requestFailed: () => {} };
  api.onError((error, c) => respondWithProblem(c, error, log as Log));
  addRoutes(api);
  const server = createServer(getRequestListener(api.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
