import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { ReceivedGroup } from '../../domain/occurrence.ts';
import { LOCAL_OPERATOR, type Principal } from '../../domain/principal.ts';
import type { Log } from '../../log.ts';
import type { AcceptedGroup } from '../../ports/intake.ts';
import { inputInvalid } from '../input.ts';
import { respondWithProblem } from '../problem.ts';
import { addIntakeRoutes, type IntakeParts } from '../routes/intake.ts';

export interface Accepted {
  readonly from: { readonly namespace: string; readonly sender: string };
  readonly groups: readonly ReceivedGroup[];
}

export interface ServedIntake extends AsyncDisposable {
  readonly url: string;
  /** What was handed in, in order. */
  readonly accepted: readonly Accepted[];
}

export type IntakeOptions = Partial<Omit<IntakeParts, 'intake'>> & {
  readonly accept?: IntakeParts['intake']['accept'];
  /** Who is who by their bearer token; without any, everybody may come in. */
  readonly tokens?: Readonly<Record<string, Principal>>;
};

/** The route on a free port. A group is new when its key is, and a duplicate from then on, unless `accept` says otherwise. */
export async function serveIntake(options: IntakeOptions = {}): Promise<ServedIntake> {
  const accepted: Accepted[] = [];
  const accept = options.accept ?? acceptByKey();
  const api = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw inputInvalid(result.error);
    },
  });
  // The only event that routes log.
  const log: Pick<Log, 'requestFailed'> = { requestFailed: () => {} };
  api.onError((error, c) => respondWithProblem(c, error, log as Log));
  api.use(async (c, next) => {
    const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1];
    const principal = options.tokens === undefined ? LOCAL_OPERATOR : options.tokens[token ?? ''];
    if (principal) c.set('principal', principal);
    await next();
  });
  addIntakeRoutes(api, {
    config: { requestsPerMinute: 1_000_000, senders: {} },
    secrets: { anySender: [], bySender: new Map() },
    maxBodyBytes: 1_048_576,
    now: () => new Date('2026-03-01T10:05:00Z'),
    ...options,
    intake: {
      accept: (groups, from) => {
        accepted.push({ from, groups });
        return accept(groups, from);
      },
    },
  });
  const server = createServer(getRequestListener(api.fetch, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    accepted,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function acceptByKey(): IntakeParts['intake']['accept'] {
  const known = new Map<string, string>();
  return async (groups) =>
    groups.map(({ groupKey }): AcceptedGroup => {
      const occurrence = known.get(groupKey);
      if (occurrence !== undefined) return { occurrence, outcome: 'duplicate' };
      known.set(groupKey, `o${known.size + 1}`);
      return { occurrence: known.get(groupKey) ?? '', outcome: 'new' };
    });
}
