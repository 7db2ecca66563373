import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import { describe, expect, it } from 'vitest';
import { openShop } from '../../ask/__fixtures__/shop.ts';
import { type Asker, createAsker } from '../../asker.ts';
import { AskAnswer } from '../../domain/ask.ts';
import { PrecedentError } from '../../domain/errors.ts';
import { createMemoryConversations } from '../../testing/memory-conversations.ts';
import { toProblem } from '../problem.ts';
import { addAskRoutes } from './ask.ts';

const QUESTION = 'what did we do last time the orders queue backed up?';

async function openShopAsker(): Promise<Asker> {
  const { knowledge, ports } = await openShop();
  let last = 0;
  return createAsker({
    openKnowledge: async () => knowledge,
    openPorts: async () => ports,
    conversations: createMemoryConversations(),
    redact: async (text) => ({ text, counts: {} }),
    now: () => new Date('2026-06-01T00:00:00Z'),
    newId: () => `c${++last}`,
    onBackgroundFailure: () => {},
  });
}

/** The route alone behind a real socket; callers are of the team that `x-team` names. */
async function serve(asker: Asker) {
  const failures: string[] = [];
  const api = new OpenAPIHono();
  api.onError((error, c) => {
    const { status, headers, body } = toProblem(error, c.req.path);
    return c.body(JSON.stringify(body), status, headers);
  });
  api.use(async (c, next) => {
    c.set('principal', { name: 'test', namespace: c.req.header('x-team') ?? 'default', scopes: ['read'] });
    await next();
  });
  addAskRoutes(api, { asker, maxBodyBytes: 100_000, onFailure: (what) => failures.push(what) });
  const server = createServer(getRequestListener(api.fetch, { overrideGlobalObjects: false })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It listens on TCP, so it has a port.
  const { port } = server.address() as AddressInfo;
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/v1/ask`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return {
    post,
    failures,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readEvents(response: Response): Promise<{ name: string; data: unknown }[]> {
  const text = await response.text();
  return text.split('\n\n').flatMap((block) => {
    const [, name] = /^event: (.+)$/m.exec(block) ?? [];
    const [, data] = /^data: (.+)$/m.exec(block) ?? [];
    return name && data ? [{ name, data: JSON.parse(data) }] : [];
  });
}

const STREAMED = { accept: 'text/event-stream' };

describe('POST /v1/ask', () => {
  it('answers with citations, and goes on by conversation id', async () => {
    await using server = await serve(await openShopAsker());
    const response = await server.post({ question: QUESTION });
    expect(response.status).toBe(200);
    const answer = AskAnswer.parse(await response.json());
    expect(answer.sentences[1]?.citations[0]).toMatchObject({ document: 'incident:2026/queue-backlog' });
    const next = await server.post({ question: 'and before that?', conversation: answer.conversation });
    expect(AskAnswer.parse(await next.json()).text).toContain('2025-07-08');
  });

  it('streams what was found, each sentence, and the whole answer', async () => {
    await using server = await serve(await openShopAsker());
    const response = await server.post({ question: QUESTION }, STREAMED);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = await readEvents(response);
    expect(events.map(({ name }) => name)).toEqual(['sources', 'sentence', 'sentence', 'sentence', 'done']);
    const { sentences, sources } = AskAnswer.parse(events.at(-1)?.data);
    expect(events.slice(1, -1).map(({ data }) => data)).toEqual(sentences);
    expect(events[0]?.data).toEqual(sources);
  });

  it('streams a refusal, too, as an answer', async () => {
    await using server = await serve(await openShopAsker());
    const events = await readEvents(await server.post({ question: 'which wine goes with salmon?' }, STREAMED));
    expect(events.map(({ name }) => name)).toEqual(['sources', 'done']);
    expect(events[1]?.data).toMatchObject({ kind: 'refused', reason: 'off-topic' });
  });

  it('answers what fails at once with its status, and what fails later with an event', async () => {
    const lost = new PrecedentError('not-found', 'there is no conversation c9');
    await using early = await serve({ ask: () => Promise.reject(lost) });
    expect((await early.post({ question: QUESTION }, STREAMED)).status).toBe(404);

    const gone = new PrecedentError('index-unavailable', 'the index is away');
    const asker: Asker = {
      ask: (_request, { observer }) => {
        observer?.onSources?.([]);
        return Promise.reject(gone);
      },
    };
    await using late = await serve(asker);
    const events = await readEvents(await late.post({ question: QUESTION }, STREAMED));
    expect(events.map(({ name }) => name)).toEqual(['sources', 'failed']);
    expect(events[1]?.data).toMatchObject({ status: 503, type: 'urn:precedent:problem:index-unavailable' });
    expect(late.failures).toEqual(['stream answer']);
  });

  it.each([
    ['a question of 2,001 characters', { question: 'x'.repeat(2_001) }, 400],
    ['a blank question', { question: '  ' }, 400],
    ['no question', {}, 400],
    ['more documents than may be', { question: QUESTION, k: 21 }, 400],
    ['a conversation that is not there', { question: QUESTION, conversation: 'c9' }, 404],
  ])('refuses %s', async (_what, body, status) => {
    await using server = await serve(await openShopAsker());
    const response = await server.post(body);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  it('takes a question of 2,000 characters', async () => {
    await using server = await serve(await openShopAsker());
    expect((await server.post({ question: 'x'.repeat(2_000) })).status).toBe(200);
  });

  it('has no conversation for another team', async () => {
    await using server = await serve(await openShopAsker());
    const { conversation } = AskAnswer.parse(await (await server.post({ question: QUESTION })).json());
    const body = { question: 'and before that?', conversation };
    expect((await server.post(body, { 'x-team': 'other' })).status).toBe(404);
  });
});
