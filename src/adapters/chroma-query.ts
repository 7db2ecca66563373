import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import {
  ChromaConnectionError,
  ChromaForbiddenError,
  ChromaNotFoundError,
  ChromaServerError,
  ChromaUnauthorizedError,
} from 'chromadb';
import { z } from 'zod';

/** All that a request to a database of a Chroma server needs. */
export interface ChromaAccess {
  readonly url: string;
  readonly tenant: string;
  readonly database: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface NearestQuery {
  readonly vector: Float32Array;
  readonly limit: number;
}

/** One query is asked, so one row of each comes back. */
const Nearest = z.object({
  ids: z.tuple([z.array(z.string())]),
  distances: z.tuple([z.array(z.number().nullable())]),
});

export interface Nearest {
  readonly ids: readonly string[];
  readonly distances: readonly (number | null)[];
}

/**
 * The one request that every search waits for, made without the client: through it (and the `fetch` below it) the same
 * question costs three times the processor time, on the thread that all requests share (docs/scaling.md). It fails with
 * the client's own errors.
 */
export class ChromaQueries {
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  /** `most` queries are under way at once, the others wait their turn. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#http = new HttpAgent({ keepAlive: true, maxSockets: most });
    this.#https = new HttpsAgent({ keepAlive: true, maxSockets: most });
  }

  async nearest(access: ChromaAccess, collectionId: string, { vector, limit }: NearestQuery): Promise<Nearest> {
    const path = ['tenants', access.tenant, 'databases', access.database, 'collections', collectionId, 'query'];
    const url = new URL(`/api/v2/${path.map(encodeURIComponent).join('/')}`, access.url);
    const body = { query_embeddings: [[...vector]], n_results: limit, include: ['distances'] };
    const answer = await this.#post(url, JSON.stringify(body), access);
    const { ids, distances } = Nearest.parse(JSON.parse(answer));
    return { ids: ids[0], distances: distances[0] };
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #post(url: URL, body: string, { headers, signal }: ChromaAccess): Promise<string> {
    const isSecure = url.protocol === 'https:';
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      signal,
    };
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) => reject(new ChromaConnectionError('Failed to connect to Chroma', cause));
      const receive = (response: IncomingMessage) => {
        readText(response).then((text) => {
          const problem = problemOf(response.statusCode ?? 0, text);
          if (problem) reject(problem);
          else resolve(text);
        }, fail);
      };
      const request = isSecure
        ? requestHttps(url, { ...options, agent: this.#https }, receive)
        : requestHttp(url, { ...options, agent: this.#http }, receive);
      request.on('error', fail);
      request.end(body);
    });
  }
}

function readText(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => resolve(Buffer.concat(parts).toString()));
    response.on('error', reject);
  });
}

function problemOf(status: number, text: string): Error | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 401) return new ChromaUnauthorizedError('Unauthorized');
  if (status === 403) return new ChromaForbiddenError('Forbidden');
  if (status === 404) return new ChromaNotFoundError('The requested resource could not be found');
  return new ChromaServerError(`HTTP ${status} ${text.slice(0, 500)}`);
}
