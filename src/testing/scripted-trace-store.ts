import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ScriptedReply } from './scripted-llm.ts';

/** One span as Jaeger's API writes it; times in microseconds. */
export interface HeldSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  readonly processID: string;
}

export interface HeldTrace {
  readonly traceID: string;
  readonly spans: readonly HeldSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

export interface StoreRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/**
 * A store of traces behind a real HTTP server on loopback: answers as the real one would from the traces it holds, plays
 * failures where told to, records what it was asked, and refuses what is not part of its API.
 */
export interface ScriptedTraceStore extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly StoreRequest[];
  /** Requests that are not part of the API. A test that expects none asserts that this is empty. */
  readonly refused: readonly string[];
  /** The most requests that were under way at once. */
  readonly mostAtOnce: () => number;
  /** The next requests are treated so, one each and in this order. */
  script(...replies: readonly ScriptedReply[]): void;
  /** From now on every request whose path fits is treated so. */
  always(path: RegExp, reply: ScriptedReply): void;
}

/** What the store says: JSON, text, or with another status; undefined is not part of its API. */
export type StoreAnswer = { readonly status?: number; readonly json?: unknown; readonly text?: string } | undefined;

export interface StoreSettings {
  /** Where the API begins: `/prefix`. */
  readonly prefix?: string;
  /** Every answer takes so long. */
  readonly delayMs?: number;
}

export async function startTraceStore(
  answer: (request: StoreRequest) => StoreAnswer,
  { prefix = '', delayMs = 0 }: StoreSettings = {},
): Promise<ScriptedTraceStore> {
  const requests: StoreRequest[] = [];
  const refused: string[] = [];
  const script: ScriptedReply[] = [];
  const rules: { path: RegExp; reply: ScriptedReply }[] = [];
  let [running, most] = [0, 0];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://store');
    const path = pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname;
    const asked = { path, query: searchParams, headers: request.headers };
    requests.push(asked);
    most = Math.max(most, ++running);
    response.on('close', () => running--);
    const reply = script.shift() ?? rules.find((rule) => rule.path.test(path))?.reply;
    if (reply) return reply(response);
    const said = request.method === 'GET' && pathname.startsWith(`${prefix}/`) ? answer(asked) : undefined;
    if (!said) refused.push(`${request.method} ${request.url}`);
    const { status = 200, json, text = JSON.stringify(json) } = said ?? { status: 501, text: 'not part of the API' };
    const headers = { 'content-type': json === undefined ? 'text/plain' : 'application/json' };
    setTimeout(() => response.writeHead(status, headers).end(text), delayMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a TCP port has an AddressInfo; only pipes give a string.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    requests,
    refused,
    mostAtOnce: () => most,
    script: (...replies) => void script.push(...replies),
    always: (path, reply) => void rules.push({ path, reply }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Traces through the service that began from `from` on and before `to`, the latest first, as stores do. */
export function findTraces(
  traces: readonly HeldTrace[],
  { service, fromUs, toUs, limit }: { service: string; fromUs: number; toUs: number; limit: number },
): HeldTrace[] {
  const startOf = (trace: HeldTrace) => Math.min(...trace.spans.map((span) => span.startTime));
  return traces
    .filter((trace) => Object.values(trace.processes).some(({ serviceName }) => serviceName === service))
    .filter((trace) => startOf(trace) >= fromUs && startOf(trace) < toUs)
    .sort((a, b) => startOf(b) - startOf(a))
    .slice(0, limit);
}

/** Whole numbers only, as the real stores insist. */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
