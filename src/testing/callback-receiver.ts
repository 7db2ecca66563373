import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedMessage {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CallbackReceiver extends AsyncDisposable {
  readonly url: string;
  /** Every message that arrived, in order. */
  readonly received: readonly ReceivedMessage[];
  /** Resolves once so many have arrived. */
  arrived(count: number): Promise<void>;
}

/** What the receiver does with the message of this number, from 0; answers 204 unless it answers itself. */
export type Receive = (at: number, response: ServerResponse, message: ReceivedMessage) => void | Promise<void>;

/** A real HTTP server to which callbacks are sent. */
export async function startCallbackReceiver(receive: Receive = () => {}): Promise<CallbackReceiver> {
  const received: ReceivedMessage[] = [];
  let news = () => {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const message = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
    received.push(message);
    news();
    await receive(received.length - 1, response, message);
    if (!response.headersSent) response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    async arrived(count) {
      while (received.length < count) {
        await new Promise<void>((resolve) => {
          news = resolve;
        });
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
