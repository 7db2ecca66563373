import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ChromaConnectionError, ChromaForbiddenError, ChromaNotFoundError, ChromaServerError } from 'chromadb';
import { afterEach, describe, expect, it } from 'vitest';
import { type ChromaAccess, ChromaQueries } from './chroma-query.ts';

const QUERY = { vector: Float32Array.of(1, 0), limit: 2 };
const FOUND = JSON.stringify({ ids: [['a', 'b']], distances: [[0, 0.5]] });

let server: Server | undefined;
const queries = new ChromaQueries();

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(listener: RequestListener): Promise<ChromaAccess> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  const url = `http://127.0.0.1:${port}`;
  return { url, tenant: 'ours', database: 'first', headers: { 'x-chroma-token': 'key' }, signal };
}

function answering(status: number, body: string): RequestListener {
  return (request, response) => request.resume().on('end', () => response.writeHead(status).end(body));
}

describe('a query for the nearest', () => {
  it('asks for ids and distances only, as who we are', async () => {
    let seen: unknown;
    const access = await listen((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        seen = [request.url, request.headers['x-chroma-token'], JSON.parse(Buffer.concat(parts).toString())];
        response.end(FOUND);
      });
    });
    expect(await queries.nearest(access, 'some id', QUERY)).toEqual({ ids: ['a', 'b'], distances: [0, 0.5] });
    expect(seen).toEqual([
      '/api/v2/tenants/ours/databases/first/collections/some%20id/query',
      'key',
      { query_embeddings: [[1, 0]], n_results: 2, include: ['distances'] },
    ]);
  });

  it('keeps its connection for the next one', async () => {
    const ports = new Set<number | undefined>();
    const access = await listen((request, response) => {
      ports.add(request.socket.remotePort);
      request.resume().on('end', () => response.end(FOUND));
    });
    for (let count = 0; count < 3; count++) await queries.nearest(access, 'id', QUERY);
    expect(ports.size).toBe(1);
  });

  it('fails with the errors of the client', async () => {
    const expected = [
      [404, ChromaNotFoundError],
      [403, ChromaForbiddenError],
      [500, ChromaServerError],
    ] as const;
    for (const [status, failure] of expected) {
      const access = await listen(answering(status, '{}'));
      await expect(queries.nearest(access, 'id', QUERY)).rejects.toBeInstanceOf(failure);
      server?.close();
    }
  });

  it('finds nobody where nobody is, or where the line is cut', async () => {
    const access = await listen((request) => request.socket.destroy());
    await expect(queries.nearest(access, 'id', QUERY)).rejects.toBeInstanceOf(ChromaConnectionError);
    const half = await listen((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"ids"');
      setTimeout(() => response.destroy(), 10);
    });
    await expect(queries.nearest(half, 'id', QUERY)).rejects.toBeInstanceOf(ChromaConnectionError);
  });

  it('ends when it is told to', async () => {
    const access = await listen(() => {});
    const abort = new AbortController();
    const asked = queries.nearest({ ...access, signal: abort.signal }, 'id', QUERY);
    abort.abort();
    await expect(asked).rejects.toBeInstanceOf(ChromaConnectionError);
  });
});
