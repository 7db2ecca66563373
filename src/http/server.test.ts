import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { PrecedentError } from '../domain/errors.ts';
import { createLog } from '../log.ts';
import type { Ports } from '../ports.ts';
import { createHashEmbedder } from '../testing/hash-embedder.ts';
import { createMemoryIndex } from '../testing/memory-index.ts';
import { postJson, readProblem, serve } from './__fixtures__/serve.ts';
import { startServer } from './server.ts';

test('a port in use is named, with what to do', async () => {
  await using served = await serve();
  const { port } = new URL(served.url);
  const app = createApp(readConfig({ PORT: port }, ''));
  await expect(startServer(app, createLog('silent'))).rejects.toMatchObject({
    code: 'port-in-use',
    message: expect.stringMatching(new RegExp(`port ${port} .*set PORT`)),
  });
});

test('an address this machine does not have is a configuration mistake', async () => {
  const app = createApp(readConfig({ HOST: '192.0.2.1', API_TOKENS: 'x', PORT: '0' }, ''));
  await expect(startServer(app, createLog('silent'))).rejects.toMatchObject({ code: 'config-invalid' });
});

test('close lets a running request finish, refuses new ones, and does not wait for silent connections', async () => {
  const ready = defer();
  const go = defer();
  await using served = await serve({}, slowEmbedder(ready.resolve, go.promise));
  const silent = connect(Number(new URL(served.url).port), '127.0.0.1');
  silent.on('error', () => {});
  const running = fetch(`${served.url}/readyz`);
  await ready.promise;
  const closing = served.close();
  await expect(fetch(`${served.url}/healthz`)).rejects.toThrow();
  go.resolve();
  expect((await running).status).toBe(503);
  await closing;
});

test('closing twice is closing once', async () => {
  await using served = await serve();
  await fetch(`${served.url}/healthz`);
  await served.close();
  await served.close();
});

test('what fails unexpectedly is a 500 that tells nothing of the inside, and is logged', async () => {
  const secret = new Error('password hunter2 in /etc/secret');
  await using served = await serve({}, brokenIndex(secret));
  const response = await postJson(`${served.url}/v1/search`, { query: 'latency' });
  const text = JSON.stringify(await readProblem(response));
  expect(response.status).toBe(500);
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('node_modules');
  expect(served.failures).toEqual([{ method: 'POST', path: '/v1/search', status: 500, error: secret }]);
});

test('a caller that gives up stops its search, and that is no failure of ours', async () => {
  const asked = defer();
  const stopped = defer();
  await using served = await serve({}, endlessEmbedder(asked.resolve, stopped.resolve));
  await served.app.ingest();
  const leaving = new AbortController();
  const search = fetch(`${served.url}/v1/search?q=latency`, { signal: leaving.signal });
  await asked.promise;
  leaving.abort();
  await expect(search).rejects.toThrow();
  await stopped.promise;
  expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
  expect(served.failures).toEqual([]);
});

test('a dependency that is away is a 503 that says when to come back', async () => {
  await using served = await serve({}, brokenIndex(new PrecedentError('index-unavailable', 'Chroma does not answer')));
  const response = await postJson(`${served.url}/v1/search`, { query: 'latency' });
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await readProblem(response)).toMatchObject({
    status: 503,
    type: 'urn:precedent:problem:index-unavailable',
    detail: 'Chroma does not answer',
  });
});

test('other origins get no permission to read', async () => {
  await using served = await serve();
  const response = await fetch(`${served.url}/healthz`, { headers: { origin: 'https://example.org' } });
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});

/** An embedder that tells when it is asked which model it is, and answers when it may. */
function slowEmbedder(onAsked: () => void, mayAnswer: Promise<void>): Partial<Ports> {
  const embedder = createHashEmbedder();
  return {
    embedder: {
      ...embedder,
      async describe() {
        onAsked();
        await mayAnswer;
        return embedder.describe();
      },
    },
  };
}

/** An embedder that never answers a question, and tells when it is asked and when it may stop. */
function endlessEmbedder(onAsked: () => void, onStopped: () => void): Partial<Ports> {
  const embedder = createHashEmbedder();
  return {
    embedder: {
      ...embedder,
      embed(texts, role, signal) {
        if (role === 'passage') return embedder.embed(texts, role, signal);
        onAsked();
        return new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            onStopped();
            reject(new Error('given up'));
          });
        });
      },
    },
  };
}

function brokenIndex(error: Error): Partial<Ports> {
  return { index: { ...createMemoryIndex(), findGeneration: () => Promise.reject(error) } };
}

function defer() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
