import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import { LOCAL_OPERATOR } from '../../domain/principal.ts';
import { type AuditLog, createAuditLog } from '../../gatekeeper/audit-log.ts';
import { createGatekeeper, type Gatekeeper, type GatekeeperParts } from '../../gatekeeper/gatekeeper.ts';
import { createTokenDesk, type TokenDesk, type TokenWish } from '../../gatekeeper/token-desk.ts';
import { createMemoryAccess } from '../../testing/memory-access.ts';
import { auditWrites } from '../audit-trail.ts';
import { authorise } from '../auth.ts';
import { crossOrigin } from '../cors.ts';
import { spokenToAsLoopback } from '../host.ts';
import { inputInvalid } from '../input.ts';
import { PROBLEM_MEDIA_TYPE, ProblemDetails, toProblem } from '../problem.ts';

export interface Guarded extends AsyncDisposable {
  readonly url: string;
  readonly keeper: Gatekeeper;
  readonly desk: TokenDesk;
  readonly audit: AuditLog;
  readonly access: ReturnType<typeof createMemoryAccess>;
  readonly failures: string[];
  /** The Authorization header of a new token. */
  bearer(wish: Partial<TokenWish>): Promise<string>;
}

export interface GuardedOptions extends Partial<Pick<GatekeeperParts, 'apiTokens' | 'mode' | 'verifyToken'>> {
  readonly access?: ReturnType<typeof createMemoryAccess>;
  readonly origins?: readonly string[];
}

/** A real server with all that stands before the routes, around the routes of a test; no other part of the service. */
export async function serveGuarded(
  addRoutes: (api: OpenAPIHono, parts: { desk: TokenDesk; audit: AuditLog }) => void,
  { access = createMemoryAccess(), origins = [], ...over }: GuardedOptions = {},
): Promise<Guarded> {
  const now = () => new Date();
  const failures: string[] = [];
  const claims = { scope: 'scope', namespace: 'precedent_namespace', name: 'sub' };
  const keeper = createGatekeeper({
    ...{ access, apiTokens: [], mode: 'open', claims, now, elapsed: () => performance.now() },
    ...over,
  });
  const audit = createAuditLog({ access, now, onFailure: (what) => failures.push(what) });
  const desk = createTokenDesk({ access, audit, randomBytes, now, onChanged: keeper.expire });
  const api = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw inputInvalid(result.error);
    },
  });
  api.onError((error, c) => {
    const { status, headers, body } = toProblem(error, c.req.path);
    return c.body(JSON.stringify(body), status, headers);
  });
  api.use(crossOrigin(origins));
  api.use(spokenToAsLoopback(keeper.isOpen, origins));
  api.use(authorise(keeper));
  api.use(auditWrites(audit));
  addRoutes(api, { desk, audit });
  const server = createServer(getRequestListener(api.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}`, keeper, desk, audit, access, failures },
    async bearer(wish) {
      const made = await desk.create(LOCAL_OPERATOR, { name: 'ci', namespace: 'default', scopes: ['read'], ...wish });
      return `Bearer ${made.token}`;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The body of a problem, after checking that it is one. */
export async function readGuardedProblem(response: Response): Promise<ProblemDetails> {
  const type = response.headers.get('content-type');
  if (type !== PROBLEM_MEDIA_TYPE) throw new Error(`${response.status} answered ${type}, not a problem`);
  return ProblemDetails.parse(await response.json());
}
