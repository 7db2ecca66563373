import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Asker } from '../../asker.ts';
import { AskAnswer, AskRequest } from '../../domain/ask.ts';
import { homeOf } from '../../domain/principal.ts';
import { type AskEvent, openAskEvents } from '../ask-events.ts';
import { readBody } from '../body.ts';
import { principalOf } from '../principal.ts';
import { toProblem } from '../problem.ts';
import { bodyProblems, jsonAnswer, jsonBody } from './answers.ts';

/** Shorter than proxies take silence for death. */
const KEEP_ALIVE_MS = 15_000;

const answer = jsonAnswer(
  'The answer with its citations, or why there is none. As `text/event-stream`: `sources` as soon as they are found, ' +
    '`sentence` for each that is verified, then `done` with the whole answer or `failed` with a problem.',
  'AskAnswer',
  AskAnswer,
);

const postAsk = createRoute({
  method: 'post',
  path: '/v1/ask',
  operationId: 'ask',
  tags: ['Search'],
  summary: 'Ask in words, and be answered with citations',
  description:
    'Answers from runbooks, incidents and services and from nothing else: quoted without an LLM, worded and checked sentence ' +
    'by sentence with one. A question that the knowledge does not answer is refused. `conversation` of an answer lets the next ' +
    'question go on from there: “and before that?”, “who owns it?”.',
  request: { body: jsonBody('AskRequest') },
  responses: {
    200: { ...answer, content: { ...answer.content, 'text/event-stream': { schema: z.string() } } },
    ...bodyProblems(404),
  },
});

export const ASK_ROUTES = [postAsk];

export interface AskRouteParts {
  readonly asker: Asker;
  readonly maxBodyBytes: number;
  readonly onFailure: (what: string, error: unknown) => void;
  readonly keepAliveMs?: number;
}

export function addAskRoutes(api: OpenAPIHono, parts: AskRouteParts): void {
  api.openapi(postAsk, async (c) => {
    const request = await readBody(c.req, AskRequest, parts.maxBodyBytes);
    const options = { namespace: homeOf(principalOf(c)), signal: c.req.raw.signal };
    if (!wantsEvents(c)) return c.json(await parts.asker.ask(request, options), 200);
    const events = openAskEvents((observer) => parts.asker.ask(request, { ...options, observer }));
    // What fails before anything was found is answered with its status.
    const first = await events.next();
    return stream(c, first, events, parts);
  });
}

function wantsEvents(c: Context): boolean {
  return /\btext\/event-stream\b/i.test(c.req.header('accept') ?? '');
}

/** An event stream is a `Response` of its own; the route's type speaks of its JSON. */
function stream(
  c: Context,
  first: IteratorResult<AskEvent, void>,
  events: AsyncGenerator<AskEvent, void>,
  { keepAliveMs = KEEP_ALIVE_MS, onFailure }: AskRouteParts,
): never {
  c.header('x-accel-buffering', 'no');
  const response = streamSSE(c, async (sse) => {
    const beat = setInterval(() => sse.write(': still at work\n\n'), keepAliveMs);
    const tell = ({ name, data }: AskEvent) => sse.writeSSE({ event: name, data: JSON.stringify(data) });
    try {
      if (!first.done) await tell(first.value);
      for await (const event of events) await tell(event);
    } catch (error) {
      if (sse.aborted || c.req.raw.signal.aborted) return;
      onFailure('stream answer', error);
      await tell({ name: 'failed', data: toProblem(error, c.req.path).body });
    } finally {
      clearInterval(beat);
    }
  });
  // `api.openapi` knows only what the route promises as JSON; Hono sends any Response.
  return response as never;
}
