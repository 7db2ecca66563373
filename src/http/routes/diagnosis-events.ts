import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { AnswerWatch, WatchEvent } from '../../answer-watch/answer-watch.ts';
import { buildDiagnosisAnswer } from '../../domain/diagnosis-answer.ts';
import { PrecedentError } from '../../domain/errors.ts';
import { principalOf } from '../principal.ts';
import { toFailure, toProblem } from '../problem.ts';
import { createStays } from '../stays.ts';
import { problems } from './answers.ts';

/** Streams that are open at once; whoever comes then may poll, or come back. */
const MAX_STREAMS = 200;

/** Shorter than proxies take silence for death. */
const KEEP_ALIVE_MS = 15_000;

/** A stream ends after so long and is opened anew by its client: so a token that holds no more gets no more. */
const MAX_STREAM_MS = 10 * 60_000;

/** A client that does not read what is left for it is left after so long. */
const GRACE_MS = 1_000;

/** After so long a client whose stream ended without an answer comes back. */
const RETRY_MS = 2_000;

/** Of the last event. Whoever comes back with it has the answer, and is told to come back no more. */
const LAST_ID = 'end';

const getDiagnosisEvents = createRoute({
  method: 'get',
  path: '/v1/diagnoses/{id}/events',
  operationId: 'getDiagnosisEvents',
  tags: ['Diagnoses'],
  summary: 'Watch a diagnosis being made',
  description:
    'Server-sent events: `stage` for each stage of the pipeline, where it is made by the process that is asked; then `done` ' +
    'with the answer or `failed` with a problem, after which the stream ends.',
  request: {
    params: z.object({ id: z.string().openapi({ description: 'Of a diagnosis or an occurrence.' }) }),
    headers: z.object({
      'last-event-id': z.string().optional().openapi({ description: 'Of the last event that arrived.' }),
    }),
  },
  responses: {
    200: { description: 'Events.', content: { 'text/event-stream': { schema: z.string() } } },
    204: { description: 'All was told already.' },
    ...problems(400, 401, 404, 500, 503),
  },
});

export const DIAGNOSIS_EVENT_ROUTES = [getDiagnosisEvents];

export interface DiagnosisEventParts {
  readonly answers: Pick<AnswerWatch, 'watch'>;
  readonly onFailure: (what: string, error: unknown) => void;
  readonly keepAliveMs?: number;
  readonly maxStreams?: number;
  readonly graceMs?: number;
}

/** `stopping` is given when the server is about to close: streams end, and their clients come back to another one. */
export function addDiagnosisEventRoutes(api: OpenAPIHono, parts: DiagnosisEventParts, stopping?: AbortSignal): void {
  const { maxStreams = MAX_STREAMS, keepAliveMs = KEEP_ALIVE_MS, graceMs = GRACE_MS } = parts;
  const stays = createStays(stopping);

  api.openapi(getDiagnosisEvents, async (c) => {
    // HEAD has no body that could end.
    const isNothingToTell = c.req.valid('header')['last-event-id'] === LAST_ID || c.req.raw.method === 'HEAD';
    if (isNothingToTell) return c.body(null, 204);
    const viewer = principalOf(c);
    if (stays.count >= maxStreams)
      throw new PrecedentError('overloaded', `${maxStreams} streams are open already: ask for the diagnosis itself`);
    const stay = stays.begin(c.req.raw.signal);
    const events = await parts.answers.watch(c.req.valid('param').id, viewer, stay.signal).catch((error) => {
      stay[Symbol.dispose]();
      throw error;
    });
    c.header('x-accel-buffering', 'no');
    return streamSSE(c, async (stream) => {
      const timer = setTimeout(stay.end, MAX_STREAM_MS);
      let isOver = false;
      const giveUp = () => setTimeout(() => isOver || stream.abort(), graceMs).unref();
      stay.signal.addEventListener('abort', giveUp);
      stream.onAbort(stay.end);
      try {
        await tell(stream, events, c.req.path, keepAliveMs);
      } catch (error) {
        // Its client comes back, and is then answered with the problem.
        parts.onFailure('stream diagnosis', error);
      } finally {
        isOver = true;
        clearTimeout(timer);
        stay.end();
        stay[Symbol.dispose]();
      }
    });
  });
}

async function tell(
  stream: SSEStreamingApi,
  events: AsyncIterable<WatchEvent>,
  path: string,
  keepAliveMs: number,
): Promise<void> {
  await stream.write(`retry: ${RETRY_MS}\n\n`);
  const beat = setInterval(() => stream.write(': still at work\n\n'), keepAliveMs);
  try {
    let count = 0;
    for await (const event of events) {
      count++;
      await stream.writeSSE({ ...render(event, path), id: event.kind === 'stage' ? String(count) : LAST_ID });
    }
  } finally {
    clearInterval(beat);
  }
}

function render(event: WatchEvent, path: string): { readonly event: string; readonly data: string } {
  if (event.kind === 'stage') return { event: 'stage', data: JSON.stringify(event.progress) };
  const { record } = event.answer;
  if (record.status === 'failed')
    return { event: 'failed', data: JSON.stringify(toProblem(toFailure(record), path).body) };
  if (record.status === 'pending') throw new Error(`${record.id} ended without an answer`);
  return { event: 'done', data: JSON.stringify(buildDiagnosisAnswer(record.diagnosis, event.answer)) };
}
