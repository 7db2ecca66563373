import { isPrecedentError, PrecedentError } from '../domain/errors.ts';
import { describeNetworkFailure } from './network-failure.ts';
import { describeRefusal } from './trace-api-refusal.ts';

/** How a store of traces is reached, and how much of it is asked for. */
export interface TraceStoreOptions {
  /** May have a path, for an API behind a prefix. */
  readonly url: string;
  /** A bearer token, or `user:password`: a bearer token has no colon. */
  readonly token?: string | undefined;
  readonly tenant?: string | undefined;
  /** Traces of one service in one window. */
  readonly limit: number;
  /** What one window may take. */
  readonly timeoutMs: number;
  /** Of one window, decompressed. */
  readonly maxBytes?: number | undefined;
}

/** Far more than hundreds of traces take; what is larger was asked for by mistake. */
export const MAX_WINDOW_BYTES = 64 * 1024 * 1024;

/** A window is of a few services: those that the alert names first say where to look. */
export const MAX_SERVICES = 3;

/** What is left of the bytes that one window may have. */
export interface ByteBudget {
  left: number;
}

export type QueryParameters = Readonly<Record<string, string | number>>;

/** GET requests to one store. Every failure is `traces-unavailable`, in words that hold no token. */
export interface TraceApi {
  /** An answer with status 2xx, or with one of `alsoFine`; any other status is thrown, redirects too. */
  get(path: string, query: QueryParameters, signal: AbortSignal, alsoFine?: readonly number[]): Promise<Response>;
  /** The body as it arrives; throws once the budget is spent. */
  read(response: Response, budget: ByteBudget, signal: AbortSignal): AsyncGenerator<Uint8Array>;
  readText(response: Response, budget: ByteBudget, signal: AbortSignal): Promise<string>;
  /** The error to throw for a reason that ends without a full stop. */
  failure(reason: string): PrecedentError;
}

export function createTraceApi(
  store: { readonly name: string; readonly tenantHeader: string },
  { url, token, tenant }: TraceStoreOptions,
): TraceApi {
  const base = new URL(url);
  const headers = {
    accept: 'application/json',
    ...(token ? { authorization: toAuthorization(token) } : {}),
    ...(tenant ? { [store.tenantHeader]: tenant } : {}),
  };
  const failure = (reason: string) =>
    new PrecedentError('traces-unavailable', `${store.name} at ${base.origin} gave no traces: ${reason}.`);

  /** What goes wrong in `work`, in words: errors of fetch may quote what was sent. */
  async function explained<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isPrecedentError(error)) throw error;
      throw failure(signal.aborted ? whyAborted(signal) : describeNetworkFailure(error));
    }
  }

  async function* read(response: Response, budget: ByteBudget, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader();
    try {
      for (;;) {
        const chunk = await explained(signal, async () => reader?.read());
        if (!chunk || chunk.done) return;
        budget.left -= chunk.value.length;
        if (budget.left < 0) throw failure('the window is too large: lower TRACES_LIMIT or TRACES_WINDOW_SECONDS');
        yield chunk.value;
      }
    } finally {
      // Whoever stops reading needs nothing more of it; a connection that is gone already has nothing to cancel.
      await reader?.cancel().catch(() => {});
    }
  }

  return {
    async get(path, query, signal, alsoFine = []) {
      const target = toUrl(base, path, query);
      return explained(signal, async () => {
        // Followed, a redirect would take the token to wherever it points.
        const response = await fetch(target, { headers, redirect: 'manual', signal });
        if (response.ok || alsoFine.includes(response.status)) return response;
        throw failure(await describeRefusal(response, token));
      });
    },
    read,
    async readText(response, budget, signal) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of read(response, budget, signal)) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    },
    failure,
  };
}

function toAuthorization(token: string): string {
  return token.includes(':') ? `Basic ${Buffer.from(token).toString('base64')}` : `Bearer ${token}`;
}

/** Under the base's path, whether or not that ends in a slash. */
function toUrl(base: URL, path: string, query: QueryParameters): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/${path}`;
  url.search = '';
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  url.hash = '';
  return url;
}

export function whyAborted({ reason }: AbortSignal): string {
  const isTimeout = reason instanceof Error && reason.name === 'TimeoutError';
  return isTimeout ? 'it took too long' : 'the request was cancelled';
}
