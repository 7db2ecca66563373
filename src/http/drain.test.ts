import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { drainable } from './drain.ts';

/** A server with one request under way, which answers when the test says so. */
async function open(graceMs: number) {
  const server = createServer();
  const close = drainable(server, graceMs);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked = once(server, 'request');
  const answer = fetch(`http://127.0.0.1:${port}`).then((response) => response.text());
  answer.catch(() => {});
  const [, response] = (await asked) as [unknown, ServerResponse];
  return { close, answer, response };
}

test('what ends within its grace is not cut short', async () => {
  const { close, answer, response } = await open(60_000);
  const closing = close();
  response.end('done');
  expect(await answer).toBe('done');
  await closing;
});

test('what outlasts its grace is', async () => {
  const { close, answer } = await open(20);
  await close();
  await expect(answer).rejects.toThrow();
});
