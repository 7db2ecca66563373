import {
  ChromaClient,
  ChromaConnectionError,
  ChromaForbiddenError,
  ChromaNotFoundError,
  ChromaUnauthorizedError,
} from 'chromadb';
import { isPrecedentError, messageOf, PrecedentError } from '../domain/errors.ts';
import { untilAborted } from '../domain/until-aborted.ts';
import { type ChromaAccess, ChromaQueries } from './chroma-query.ts';
import { ChromaServer } from './chroma-server.ts';

export interface ChromaOptions {
  /** Where the embedded server keeps its files. */
  readonly dataDir: string;
  /** A server that runs already; unset, one is embedded, or Chroma Cloud is used when there is an `apiKey`. */
  readonly url?: string;
  readonly apiKey?: string;
  readonly tenant?: string;
  readonly database?: string;
  /** Longest that one request may take. */
  readonly callMs?: number;
}

const CLOUD_URL = 'https://api.trychroma.com';
const CALL_MS = 60_000;
/** Reads of one collection that Chroma Cloud answers at once; it refuses more. */
const CLOUD_READS = 10;

/** A way to one Chroma server: finds or starts it, limits every call in time, and turns its failures into ours. */
export class ChromaConnection implements AsyncDisposable {
  /** Records in one request: Chroma Cloud takes 300, a local server 5,461. */
  readonly pageSize: number;
  readonly isCloud: boolean;
  /** Whether the server is our own, which only this machine reaches. */
  readonly isEmbedded: boolean;
  readonly queries: ChromaQueries;
  readonly #options: ChromaOptions;
  readonly #server: ChromaServer | undefined;
  readonly #lifetime = new AbortController();
  #home: Promise<{ tenant: string; database: string }> | undefined;

  constructor(options: ChromaOptions) {
    const url = options.url ?? (options.apiKey ? CLOUD_URL : undefined);
    this.#options = url ? { ...options, url } : options;
    this.#server = url ? undefined : new ChromaServer({ dataDir: options.dataDir });
    this.isEmbedded = url === undefined;
    this.isCloud = options.apiKey !== undefined;
    this.pageSize = this.isCloud ? 250 : 1_000;
    this.queries = new ChromaQueries(this.isCloud ? CLOUD_READS : undefined);
  }

  /** Runs one request of the client. */
  call<T>(use: (client: ChromaClient) => Promise<T>, signal?: AbortSignal, limitMs?: number): Promise<T> {
    return this.reach((access) => use(createClient(access)), signal, limitMs);
  }

  /**
   * Runs one request. Every request we make may be repeated, so one that found nobody is made once more: a restarted
   * server leaves dead connections behind, and an embedded one is started again in between.
   */
  async reach<T>(use: (access: ChromaAccess) => Promise<T>, signal?: AbortSignal, limitMs?: number): Promise<T> {
    const limit = AbortSignal.timeout(limitMs ?? this.#options.callMs ?? CALL_MS);
    const stop = AbortSignal.any([limit, this.#lifetime.signal, ...(signal ? [signal] : [])]);
    for (let isRetry = false; ; isRetry = true) {
      const url = await this.#locate(stop, signal, limit);
      try {
        return await use(await this.#open(url, stop));
      } catch (error) {
        signal?.throwIfAborted();
        this.#lifetime.signal.throwIfAborted();
        const isDown = error instanceof ChromaConnectionError;
        if (isDown) this.#server?.forget(url);
        if (!isDown || isRetry || limit.aborted) throw this.#explain(error, url, limit);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.abort(new PrecedentError('index-unavailable', 'the index is closed'));
    this.queries.close();
    await this.#server?.[Symbol.asyncDispose]();
  }

  async #locate(stop: AbortSignal, signal: AbortSignal | undefined, limit: AbortSignal): Promise<string> {
    stop.throwIfAborted();
    const { url } = this.#options;
    if (this.#server === undefined) return url ?? '';
    try {
      return await untilAborted(this.#server.ensureRunning(), stop);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#explain(error, 'the embedded server', limit);
    }
  }

  async #open(url: string, signal: AbortSignal): Promise<ChromaAccess> {
    this.#home ??= this.#findHome(url, signal).catch((error: unknown) => {
      this.#home = undefined;
      throw error;
    });
    return { ...this.#knock(url, signal), ...(await this.#home) };
  }

  /** A key of Chroma Cloud knows its tenant, and its database when it may use only one. */
  async #findHome(url: string, signal: AbortSignal): Promise<{ tenant: string; database: string }> {
    const { tenant, database } = this.#options;
    if (this.#server === undefined) await this.#assertChroma(url, signal);
    if (!this.isCloud || (tenant && database)) {
      return { tenant: tenant ?? 'default_tenant', database: database ?? 'default_database' };
    }
    const identity = await createClient(this.#knock(url, signal)).getUserIdentity();
    const [only, ...others] = identity.databases;
    const chosen = database ?? (others.length === 0 ? only : undefined);
    if (chosen) return { tenant: tenant ?? identity.tenant, database: chosen };
    throw new PrecedentError(
      'index-unavailable',
      `the Chroma API key opens ${identity.databases.length} databases: set CHROMA_DATABASE to one of them`,
    );
  }

  /** Whatever answers at the URL; a web page makes the client fail later, in words that help nobody. */
  async #assertChroma(url: string, signal: AbortSignal): Promise<void> {
    const beat: unknown = await createClient(this.#knock(url, signal)).heartbeat();
    if (typeof beat === 'number' && Number.isFinite(beat)) return;
    throw new PrecedentError('index-unavailable', `what answers at ${url} is not a Chroma server: check CHROMA_URL`);
  }

  #knock(url: string, signal: AbortSignal): Omit<ChromaAccess, 'tenant' | 'database'> {
    const { apiKey } = this.#options;
    return { url, headers: apiKey ? { 'x-chroma-token': apiKey } : {}, signal };
  }

  /** Not-found is for the caller to judge; everything else is a server that cannot be used as it is. */
  #explain(error: unknown, url: string, limit: AbortSignal): unknown {
    if (isPrecedentError(error) || error instanceof ChromaNotFoundError) return error;
    const where = this.#server ? `the embedded Chroma server (${url})` : `Chroma at ${url}`;
    const check = this.#server
      ? 'it is started again with the next request'
      : 'check that the server runs and that CHROMA_URL is right, or unset CHROMA_URL to use the embedded server';
    const unavailable = (what: string) => new PrecedentError('index-unavailable', what, { cause: error });
    if (limit.aborted) return unavailable(`${where} did not answer in time: ${check}`);
    if (error instanceof ChromaConnectionError) return unavailable(`${where} cannot be reached: ${check}`);
    if (error instanceof ChromaUnauthorizedError || error instanceof ChromaForbiddenError) {
      return unavailable(`${where} refused us: check CHROMA_API_KEY, CHROMA_TENANT and CHROMA_DATABASE`);
    }
    return unavailable(`${where} could not do what was asked: ${messageOf(error)}`);
  }
}

type Access = Omit<ChromaAccess, 'tenant' | 'database'> & Partial<ChromaAccess>;

/** One client per call, because the client takes a signal only when it is made; its connections are shared anyway. */
function createClient({ url, signal, headers, tenant, database }: Access): ChromaClient {
  const { protocol, hostname, port } = new URL(url);
  const ssl = protocol === 'https:';
  return new ChromaClient({
    ...(tenant === undefined ? {} : { tenant }),
    ...(database === undefined ? {} : { database }),
    host: hostname,
    port: Number(port) || (ssl ? 443 : 80),
    ssl,
    headers: { ...headers },
    fetchOptions: { signal },
  });
}
