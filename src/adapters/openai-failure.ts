import { APIError } from 'openai';
import type { ModelFailureDetails, ModelFailureKind } from '../domain/model-failure.ts';
import { describeNetworkFailure } from './network-failure.ts';
import { readRetryAfter } from './retry-after.ts';

/** The HTTP exchange went well and its content did not. The message is made here, never by the server alone. */
export class UnusableReply extends Error {
  override readonly name = 'UnusableReply';
  readonly details: ModelFailureDetails;

  constructor(message: string, details: ModelFailureDetails = { kind: 'unusable' }) {
    super(message);
    this.details = details;
  }
}

export interface Asked {
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  readonly timeoutMs: number;
}

export interface Explained extends ModelFailureDetails {
  /** What went wrong, as a clause that ends without a full stop. */
  readonly reason: string;
}

/** `signal` is the caller's: when it has aborted, whatever went wrong with the request is its doing. */
export function explainFailure(error: unknown, asked: Asked, signal: AbortSignal): Explained {
  if (signal.aborted) return { kind: 'cancelled', reason: whyAborted(signal) };
  if (error instanceof UnusableReply) return { ...error.details, reason: error.message };
  if (nameOf(error) === 'TimeoutError')
    return { kind: 'timeout', reason: `it took longer than ${asked.timeoutMs / 1000} s` };
  if (nameOf(error) === 'ContextOverflowError')
    return { kind: 'context', status: 400, reason: 'the prompt is longer than its context window' };
  if (error instanceof APIError && error.status !== undefined) return explainStatus(error, error.status, asked);
  if (error instanceof SyntaxError) return { kind: 'unusable', reason: 'its reply is not valid JSON (cut short?)' };
  return { kind: 'network', reason: `${describeNetworkFailure(error)}, at ${originOf(asked.baseUrl)}` };
}

function whyAborted(signal: AbortSignal): string {
  return nameOf(signal.reason) === 'TimeoutError' ? 'the deadline has passed' : 'the request was cancelled';
}

function explainStatus(error: APIError, status: number, asked: Asked): Explained {
  const isQuota = status === 402 || (status === 429 && error.code === 'insufficient_quota');
  const kind = isQuota ? 'quota' : kindOfStatus(status);
  return {
    kind,
    status,
    retryAfterMs: readRetryAfter(error.headers, new Date()),
    reason: describeStatus(error, status, kind, asked),
  };
}

const KINDS: Readonly<Record<number, ModelFailureKind>> = {
  401: 'auth',
  402: 'quota',
  403: 'auth',
  404: 'not-found',
  408: 'timeout',
  413: 'context',
  429: 'rate-limit',
};

export function kindOfStatus(status: number): ModelFailureKind {
  return KINDS[status] ?? (status >= 500 ? 'server' : 'refused');
}

function describeStatus(error: APIError, status: number, kind: ModelFailureKind, asked: Asked): string {
  if (kind === 'auth')
    return `${asked.apiKey ? 'the API key was refused' : 'the endpoint wants an API key'} (${status})`;
  if (kind === 'quota') return `its quota is used up (${status})`;
  if (kind === 'rate-limit') return `its rate limit is reached (429, ${whenToRetry(error.headers, asked)})`;
  const detail = /<html/i.test(error.message)
    ? 'an HTML page'
    : `"${excerpt(withoutTroubleshooting(error.message), asked)}"`;
  if (kind === 'not-found') return `the endpoint does not know this model or path (${detail})`;
  return kind === 'server' ? `the server failed (${detail})` : `the request was refused (${detail})`;
}

/** LangChain appends a link to its own documentation, which helps nobody on call. */
function withoutTroubleshooting(message: string): string {
  return message.split('Troubleshooting URL:')[0] ?? '';
}

function whenToRetry(headers: Headers | undefined, asked: Asked): string {
  const retryAfter = headers?.get('retry-after');
  if (!retryAfter) return 'it does not say when to try again';
  return /^\d+(\.\d+)?$/.test(retryAfter)
    ? `try again in ${retryAfter} s`
    : `try again at ${excerpt(retryAfter, asked)}`;
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}

/** Without path, query or credentials. */
function originOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).origin : 'a base URL that is none';
}

/** The server's own words, short and without the key: some servers echo it. */
export function excerpt(text: string, { apiKey }: Pick<Asked, 'apiKey'>): string {
  const redacted = apiKey ? text.replaceAll(apiKey, '***') : text;
  return redacted.replace(/\s+/g, ' ').trim().slice(0, 200);
}
