import { once } from 'node:events';
import { createServer, type RequestListener, type ServerOptions } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answerClientError } from './client-error.ts';
import { limitServer, SERVER_LIMITS } from './server-limits.ts';

/** The limits at a scale at which a test can wait for them; the sizes are the real ones. */
const QUICK = { headersTimeout: 150, requestTimeout: 400, keepAliveTimeout: 100, connectionsCheckingInterval: 30 };

const echo: RequestListener = (request, response) => {
  request.resume().on('end', () => response.end(`${Object.keys(request.headers).length} headers`));
};

async function startLimited(listener: RequestListener = echo, options: ServerOptions = QUICK, unreadMs = 5_000) {
  const server = createServer({ ...SERVER_LIMITS, ...options }, listener);
  server.on('clientError', answerClientError);
  limitServer(server, 0, { unreadMs });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    open: () => connect(port, '127.0.0.1').on('error', () => {}),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** All that comes until the other side closes. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (part) => {
    text += part.toString('latin1');
  });
  await once(socket, 'close');
  return text;
}

/** One more byte every so often, for as long as the other side takes it. */
async function trickle(socket: Socket, byte: string): Promise<void> {
  while (socket.writable) {
    socket.write(byte);
    await sleep(20);
  }
}

const HEAD = 'POST / HTTP/1.1\r\nhost: 127.0.0.1\r\n';
const statusOf = (answer: string) => answer.slice(9, 12);

describe('a server with limits', () => {
  it('answers 431 to a head of more than 16 KiB, and takes one of 15', async () => {
    await using server = await startLimited();
    const ask = (size: number) => {
      const socket = server.open();
      socket.write(`GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nx-long: ${'x'.repeat(size)}\r\n\r\n`);
      return readAll(socket);
    };
    const refused = await ask(17_000);
    expect(statusOf(refused)).toBe('431');
    expect(refused).toContain('urn:precedent:problem:headers-too-large');
    expect(statusOf(await ask(15_000))).toBe('200');
  });

  it('answers 431 to thousands of small headers', async () => {
    await using server = await startLimited();
    const socket = server.open();
    socket.write(`${HEAD}${Array.from({ length: 3_000 }, (_, at) => `x-${at}: y\r\n`).join('')}\r\n`);
    expect(statusOf(await readAll(socket))).toBe('431');
  });

  it('answers 408 to a head that comes byte by byte', async () => {
    await using server = await startLimited();
    const socket = server.open();
    socket.write(`${HEAD}x-slow: `);
    const [answer] = await Promise.all([readAll(socket), trickle(socket, 'x')]);
    expect(statusOf(answer)).toBe('408');
    expect(answer).toContain('urn:precedent:problem:request-timeout');
  });

  it('ends a body that comes byte by byte, whatever length it promised', async () => {
    await using server = await startLimited();
    const socket = server.open();
    socket.write(`${HEAD}content-length: 1000000\r\n\r\n`);
    const begun = performance.now();
    await Promise.all([readAll(socket), trickle(socket, 'x')]);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  it('closes a connection on which nothing comes', async () => {
    await using server = await startLimited(echo, QUICK, 200);
    const silent = server.open();
    await once(silent, 'connect');
    await readAll(silent);
  });

  it('lets go of a caller who does not read the answer', async () => {
    let ended: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const endless: RequestListener = (_request, response) => {
      response.on('close', ended);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    };
    await using server = await startLimited(endless, QUICK, 200);
    const socket = server.open();
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    await gone;
  });

  it('refuses a request that could be read in two ways', async () => {
    await using server = await startLimited();
    const twofold = [
      `${HEAD}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${HEAD}content-length: 4\r\ncontent-length: 5\r\n\r\nabcde`,
      `${HEAD}transfer-encoding: chunked, identity\r\n\r\n`,
      'GET / HTTP/1.1\r\n\r\n',
    ];
    for (const text of twofold) {
      const socket = server.open();
      socket.write(text);
      expect(statusOf(await readAll(socket)), JSON.stringify(text)).toBe('400');
    }
  });

  it('has limits that a patient sender stays within', () => {
    expect(SERVER_LIMITS).toMatchObject({ headersTimeout: 15_000, requestTimeout: 120_000, maxHeaderSize: 16_384 });
  });
});
