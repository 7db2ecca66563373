import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { type ErrorCode, isPrecedentError, PrecedentError, type Problem } from '../domain/errors.ts';
import type { Log } from '../log.ts';

/** What can go wrong in HTTP itself, before or beside anything Precedent does. */
export type HttpCode =
  | 'method-not-allowed'
  | 'media-type-unsupported'
  | 'request-timeout'
  | 'headers-too-large'
  | 'misdirected'
  | 'internal';

interface Kind {
  readonly status: ContentfulStatusCode;
  readonly title: string;
}

const ERROR_KINDS: Readonly<Record<ErrorCode, Kind>> = {
  'input-invalid': { status: 400, title: 'The request is not valid' },
  'trace-format-unknown': { status: 400, title: 'The trace format is not known' },
  'trace-invalid': { status: 400, title: 'The traces cannot be read' },
  unauthorised: { status: 401, title: 'The request is not authorised' },
  forbidden: { status: 403, title: 'This token may not do that' },
  'not-found': { status: 404, title: 'Not found' },
  'snapshot-expired': { status: 410, title: 'The snapshot was kept no longer' },
  'diagnosis-not-done': { status: 409, title: 'The diagnosis is not done' },
  filtered: { status: 409, title: 'A noise rule filters these alerts' },
  'not-promotable': { status: 409, title: 'The diagnosis makes no postmortem' },
  'nothing-to-judge': { status: 409, title: 'There is no case to judge by' },
  'input-too-large': { status: 413, title: 'The request is too large' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'config-invalid': { status: 500, title: 'The configuration is not valid' },
  'knowledge-invalid': { status: 500, title: 'The knowledge cannot be read' },
  'port-in-use': { status: 500, title: 'The port is in use' },
  'llm-answer-invalid': { status: 502, title: 'The LLM gave no usable answer' },
  'index-unavailable': { status: 503, title: 'The index does not answer' },
  'embedder-unavailable': { status: 503, title: 'The embedding model does not answer' },
  'reranker-unavailable': { status: 503, title: 'The reranker does not answer' },
  'llm-unavailable': { status: 503, title: 'The LLM does not answer' },
  'traces-unavailable': { status: 503, title: 'The traces cannot be fetched' },
  'casebook-unavailable': { status: 503, title: 'The casebook does not answer' },
  'ingest-running': { status: 503, title: 'An ingest is running' },
  'identity-unavailable': { status: 503, title: 'The identity provider does not answer' },
  'destination-unavailable': { status: 503, title: 'The destination does not answer' },
  overloaded: { status: 503, title: 'Too much is at work' },
  interrupted: { status: 503, title: 'The process stopped before it was done' },
  'knowledge-empty': { status: 503, title: 'There is no knowledge to answer from' },
  'index-empty': { status: 503, title: 'Nothing has been ingested yet' },
  'index-model-mismatch': { status: 503, title: 'The index was made by another embedding model' },
  'model-missing': { status: 503, title: 'The embedding model is missing' },
  'model-corrupt': { status: 503, title: 'The embedding model is corrupt' },
};

const HTTP_KINDS: Readonly<Record<HttpCode, Kind>> = {
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'media-type-unsupported': { status: 415, title: 'The media type or encoding is not supported' },
  misdirected: { status: 421, title: 'This server does not answer to that name' },
  'headers-too-large': { status: 431, title: 'The request headers are too large' },
  internal: { status: 500, title: 'Unexpected error' },
};

/** The one place that knows which HTTP status an error has. docs/api.md is checked against it. */
export const PROBLEM_KINDS: Readonly<Record<ErrorCode | HttpCode, Kind>> = { ...ERROR_KINDS, ...HTTP_KINDS };

/** RFC 9457, with `errors` for each mistake in the input. */
export const ProblemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  instance: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type ProblemDetails = Readonly<z.infer<typeof ProblemDetails>>;

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';
const RETRY_AFTER_SECONDS = 5;

/** An error of HTTP itself; `headers` tell the caller what would have been accepted. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: HttpCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }
}

interface ProblemResponse {
  readonly status: ContentfulStatusCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemDetails;
}

/** Anything thrown, as a problem. What was not thrown on purpose tells the caller nothing of the inside. */
export function toProblem(error: unknown, instance: string): ProblemResponse {
  const { code, detail, headers = {}, problems = [] } = describe(error);
  const { status, title } = PROBLEM_KINDS[code];
  const errors = problems.length > 0 ? { errors: problems.map(({ path, message }) => ({ path, message })) } : {};
  return {
    status,
    headers: { 'content-type': PROBLEM_MEDIA_TYPE, 'x-content-type-options': 'nosniff', ...headers },
    body: { type: `urn:precedent:problem:${code}`, title, status, detail, instance, ...errors },
  };
}

/** Answers with the problem and logs it: by route and code, never by what the request held. */
export function respondWithProblem(c: Context, error: unknown, log: Log, extra: object = {}): Response {
  const { status, headers, body } = toProblem(error, new URL(c.req.url).pathname);
  log.requestFailed({ method: c.req.method, path: c.req.path, status }, error);
  return c.body(JSON.stringify({ ...body, ...extra }), status, headers);
}

/** The failure that a casebook record keeps as a code and words; a code that is not ours counts as unexpected. */
export function toFailure({ code, detail }: { readonly code: string; readonly detail: string }): Error {
  return isErrorCode(code) ? new PrecedentError(code, detail) : new Error(detail);
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_KINDS, code);
}

interface Description {
  readonly code: ErrorCode | HttpCode;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly problems?: readonly Problem[];
}

function describe(error: unknown): Description {
  if (isPrecedentError(error)) {
    const { code, message: detail, problems } = error;
    return { code, detail, problems, headers: headersOf(error) };
  }
  if (error instanceof HttpError) return { code: error.code, detail: error.message, headers: error.headers };
  if (error instanceof HTTPException && error.status < 500) return { code: 'input-invalid', detail: error.message };
  return { code: 'internal', detail: 'something failed that should not have: the log of the service says what' };
}

function headersOf(error: PrecedentError): Record<string, string> {
  if (error.code === 'unauthorised') return { 'www-authenticate': 'Bearer realm="precedent"' };
  // RFC 6750: known, and not meant.
  if (error.code === 'forbidden') return { 'www-authenticate': 'Bearer realm="precedent", error="insufficient_scope"' };
  return error.isRetryable ? { 'retry-after': String(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS) } : {};
}
