import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one request to the scripted server asked for. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** How the server treats one request. */
export type ScriptedReply = (response: ServerResponse) => void;

/** An OpenAI-compatible server on loopback that plays one reply per request, in order, and refuses everything else. */
export interface ScriptedLlm extends AsyncDisposable {
  /** Ends in `/v1`, as `LLM_BASE_URL` does. */
  readonly baseUrl: string;
  readonly requests: readonly RecordedRequest[];
  /** Requests that no script foresaw. A test that expects none asserts that this is empty. */
  readonly refused: readonly string[];
}

export async function startScriptedLlm(...replies: readonly ScriptedReply[]): Promise<ScriptedLlm> {
  const script = [...replies];
  const requests: RecordedRequest[] = [];
  const refused: string[] = [];
  const server = createServer(async (request, response) => {
    const recorded = await record(request);
    requests.push(recorded);
    const reason = whyRefuse(recorded);
    const reply = reason === undefined ? script.shift() : undefined;
    if (reply) return reply(response);
    refused.push(reason ?? `request ${requests.length} was not foreseen`);
    sendJson(response, 501, { error: { message: `scripted server: ${refused.at(-1)}` } });
  });
  const port = await listen(server);
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    refused,
    [Symbol.asyncDispose]: () => stop(server),
  };
}

export interface CompletionParts {
  readonly content?: unknown;
  readonly refusal?: string;
  readonly finishReason?: string;
  readonly usage?: unknown;
}

/** A well-formed chat completion; text is sent as it is, anything else as JSON. */
export function answers(content: unknown): ScriptedReply {
  return completes({ content: typeof content === 'string' ? content : JSON.stringify(content) });
}

export function completes(parts: CompletionParts): ScriptedReply {
  return (response) => sendJson(response, 200, buildCompletion(parts));
}

export function failsWith(status: number, body: unknown, headers: Record<string, string> = {}): ScriptedReply {
  return (response) => sendJson(response, status, body, headers);
}

/** `retryAfter` in seconds or as a date. */
export function limitsRate(retryAfter?: number | string): ScriptedReply {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return failsWith(429, { error: { message: 'Rate limit reached', type: 'requests', code: null } }, headers);
}

export function sendsText(body: string, contentType: string, status = 200): ScriptedReply {
  return (response) => {
    response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }).end(body);
  };
}

export function sendsHtml(status = 200): ScriptedReply {
  return sendsText('<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>', 'text/html', status);
}

/** Takes the request and never says a word. */
export function hangs(): ScriptedReply {
  return () => undefined;
}

/** Takes its time; a caller that goes meanwhile gets nothing. */
export function thinks(ms: number, reply: ScriptedReply): ScriptedReply {
  return (response) => {
    const timer = setTimeout(() => reply(response), ms);
    response.on('close', () => clearTimeout(timer));
  };
}

/** Sends the headers and a byte every now and then, so that no idle timeout fires. */
export function trickles(): ScriptedReply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
}

/** Sends as fast as it is read, without end. */
export function floods(): ScriptedReply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = ' '.repeat(65_536);
    const pour = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', pour);
    pour();
  };
}

/** Promises a whole body, sends half of it and drops the connection. */
export function cutsOff(): ScriptedReply {
  return (response) => {
    const body = JSON.stringify(buildCompletion({ content: 'half of this' }));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.write(body.slice(0, body.length / 2), () => response.destroy());
  };
}

/** Closes the connection without any reply. */
export function hangsUp(): ScriptedReply {
  return (response) => {
    response.destroy();
  };
}

function buildCompletion({ content = null, refusal, finishReason = 'stop', usage }: CompletionParts): unknown {
  const message = { role: 'assistant', content, ...(refusal === undefined ? {} : { refusal }) };
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'scripted-1',
    choices: [{ index: 0, message, finish_reason: finishReason, logprobs: null }],
    usage: usage ?? { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
  };
}

function whyRefuse({ method, path }: RecordedRequest): string | undefined {
  const asked = `${method} ${path}`;
  return asked === 'POST /v1/chat/completions' ? undefined : `${asked} is not part of the API`;
}

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const text = Buffer.concat(parts).toString('utf8');
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a TCP port has an AddressInfo; only pipes give a string.
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
