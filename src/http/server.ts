import { createServer, type Server } from 'node:http';
import { getRequestListener, RequestError } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { App } from '../app.ts';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import { auditWrites } from './audit-trail.ts';
import { authorise } from './auth.ts';
import { answerClientError } from './client-error.ts';
import { crossOrigin } from './cors.ts';
import { drainable } from './drain.ts';
import { spokenToAsLoopback } from './host.ts';
import { inputInvalid } from './input.ts';
import { HttpError, respondWithProblem, toProblem } from './problem.ts';
import { addAskRoutes } from './routes/ask.ts';
import { addAuditRoutes } from './routes/audit.ts';
import { addDeliveryRoutes } from './routes/deliveries.ts';
import { addDiagnosisRoutes } from './routes/diagnoses.ts';
import { addDiagnosisEventRoutes } from './routes/diagnosis-events.ts';
import { addDocsRoutes } from './routes/docs.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addHookRoutes } from './routes/hooks.ts';
import { addIntakeRoutes } from './routes/intake.ts';
import { addKnowledgeRoutes } from './routes/knowledge.ts';
import { addMcpRoute } from './routes/mcp.ts';
import { addNoiseRoutes } from './routes/noise-rules.ts';
import { addOutageRoutes } from './routes/outages.ts';
import { addPostmortemRoutes } from './routes/postmortem.ts';
import { addReportRoutes } from './routes/reports.ts';
import { addSearchRoutes } from './routes/search.ts';
import { addSlackRoutes } from './routes/slack.ts';
import { addSnapshotRoutes } from './routes/snapshots.ts';
import { addStatusRoutes } from './routes/status.ts';
import { addTokenRoutes } from './routes/tokens.ts';
import { addTraceRoutes } from './routes/traces.ts';
import { addVerdictRoutes } from './routes/verdicts.ts';
import { limitServer, SERVER_LIMITS } from './server-limits.ts';

/** What an answer may take beyond the time budget, at which a diagnosis is answered 202. */
const ANSWER_MS = 5_000;

/**
 * The routes and what surrounds them: problems for every error, authorisation, safe headers. `stopping` is given when the
 * server is about to close: whoever waits is answered with what there is.
 */
export function buildApp(app: App, log: Log, stopping?: AbortSignal): OpenAPIHono {
  const api = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw inputInvalid(result.error);
    },
  });
  api.onError((error, c) => (c.req.raw.signal.aborted ? callerIsGone() : respondWithProblem(c, error, log)));
  api.notFound((c) => respondWithProblem(c, new PrecedentError('not-found', 'there is no such route; see /docs'), log));
  api.use(async (c, next) => {
    await next();
    c.header('x-content-type-options', 'nosniff');
  });
  // Before the authorisation: a preflight has no token.
  api.use(crossOrigin(app.config.access.corsOrigins));
  api.use(spokenToAsLoopback(app.gatekeeper.isOpen, app.config.access.corsOrigins));
  api.use(authorise(app.gatekeeper));
  api.use(auditWrites(app.audit));
  api.use(methodNotAllowed({ app: api, onMethodNotAllowed: (c, allowed) => refuseMethod(c, allowed, log) }));
  const { config, secrets, alerts } = app;
  const { maxBodyBytes } = config;
  addIntakeRoutes(api, { ...app, ...alerts, config: config.intake, secrets: secrets.intake, maxBodyBytes });
  addDiagnosisRoutes(api, { ...app, answers: alerts.watch }, stopping);
  addDiagnosisEventRoutes(api, { answers: alerts.watch, onFailure: log.backgroundFailed }, stopping);
  addVerdictRoutes(api, app);
  addPostmortemRoutes(api, app);
  addOutageRoutes(api, alerts);
  addAskRoutes(api, { ...app, maxBodyBytes, onFailure: log.backgroundFailed });
  addSlackRoutes(api, { ...app, maxBodyBytes });
  addSearchRoutes(api, app);
  addTraceRoutes(api, app);
  addSnapshotRoutes(api, app);
  addKnowledgeRoutes(api, app);
  addStatusRoutes(api, app);
  addNoiseRoutes(api, { ...app, maxBodyBytes });
  addHookRoutes(api, app);
  addReportRoutes(api, app);
  addDeliveryRoutes(api, alerts);
  addTokenRoutes(api, app);
  addAuditRoutes(api, app);
  addMcpRoute(api, app.mcp, maxBodyBytes);
  addHealthRoutes(api, app);
  addDocsRoutes(api);
  return api;
}

/** Nobody reads this, and work that was given up because its caller left is no failure. */
function callerIsGone(): Response {
  return new Response(null, { status: 499 });
}

function refuseMethod(c: Context, allowed: readonly string[], log: Log): Response {
  const allow = allowed.join(', ');
  return respondWithProblem(c, new HttpError('method-not-allowed', `use ${allow}`, { allow }), log);
}

export interface RunningServer {
  readonly url: string;
  /** Takes no new connections, lets what runs finish within a bound, then closes the rest. */
  close(): Promise<void>;
}

/** Listens on the configured host and port. Throws `port-in-use`, or `config-invalid` for an address it cannot have. */
export async function startServer(app: App, log: Log): Promise<RunningServer> {
  const { host, port } = app.config;
  const stopping = new AbortController();
  const listener = getRequestListener(buildApp(app, log, stopping.signal).fetch, {
    hostname: host,
    overrideGlobalObjects: false,
    errorHandler: (error) => respondOutsideRoutes(error),
  });
  const server = createServer(SERVER_LIMITS, listener);
  limitServer(server, app.config.timeBudgetMs + ANSWER_MS);
  server.on('clientError', answerClientError);
  const drain = drainable(server, app.config.timeBudgetMs + ANSWER_MS);
  await listen(server, host, port);
  const close = () => {
    stopping.abort();
    return drain();
  };
  return { url: urlOf(server, host), close };
}

/** Only a request target or Host header that makes no URL gets here: every route answers its own errors. */
function respondOutsideRoutes(error: unknown): Response {
  const isInput = error instanceof RequestError;
  const { status, headers, body } = toProblem(
    isInput ? new PrecedentError('input-invalid', error.message) : error,
    '/',
  );
  return new Response(JSON.stringify(body), { status, headers });
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, host, port)));
    server.listen({ host, port }, resolve);
  });
}

function explainListenError(error: NodeJS.ErrnoException, host: string, port: number): PrecedentError {
  if (error.code === 'EADDRINUSE') {
    const advice = 'stop the process that has it, or set PORT to another one (0 takes any that is free)';
    return new PrecedentError('port-in-use', `port ${port} on ${host} is in use: ${advice}`, { cause: error });
  }
  const advice = `set HOST and PORT to an address this machine has: ${messageOf(error)}`;
  return new PrecedentError('config-invalid', `cannot listen on ${host}, port ${port}: ${advice}`, { cause: error });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : '';
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
