import { createHash } from 'node:crypto';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context, HonoRequest } from 'hono';
import type { AnswerWatch } from '../../answer-watch/answer-watch.ts';
import type { App } from '../../app.ts';
import { renderAnnotation } from '../../deliver/annotation.ts';
import { Diagnosis } from '../../domain/diagnosis.ts';
import { buildDiagnosisAnswer, DiagnosisAnswer } from '../../domain/diagnosis-answer.ts';
import { type DiagnosisQuestion, DiagnosisRequest } from '../../domain/request.ts';
import type { DiagnosisRecord } from '../../ports.ts';
import { isKnownTag } from '../etag.ts';
import { type Preferences, readPreferences } from '../prefer.ts';
import { principalOf } from '../principal.ts';
import { toFailure } from '../problem.ts';
import { createStays } from '../stays.ts';
import { readTraceBody } from '../trace-body.ts';
import { bodyProblems, jsonAnswer, jsonBody, problems } from './answers.ts';

/** When to look again at a diagnosis that is not done. */
const POLL_SECONDS = '1';

/** As long as most proxies leave a request without a byte. */
const MAX_WAIT_SECONDS = 60;

/** Callers that are kept waiting at once; a preference of more may go unheeded. */
const MAX_WAITING = 500;

/** It may change once its alerts are resolved, and is nobody else's. */
const CACHE_CONTROL = 'private, no-cache';

export const PendingDiagnosis = z.object({
  id: z.string(),
  status: z.literal('pending'),
  createdAt: z.iso.datetime(),
});

const DONE = 'The diagnosis: answered, or abstained with the reason.';
const done = jsonAnswer(DONE, 'Diagnosis', Diagnosis);
const pending = {
  ...jsonAnswer('Not done yet: ask again at `Location`.', 'PendingDiagnosis', PendingDiagnosis),
  headers: z.object({
    location: z.string().openapi({ description: 'Where the diagnosis will be.' }),
    'retry-after': z.string().openapi({ description: 'Seconds to wait before asking again.' }),
  }),
};

const postDiagnosis = createRoute({
  method: 'post',
  path: '/v1/diagnoses',
  operationId: 'diagnose',
  tags: ['Diagnoses'],
  summary: 'What did we do last time?',
  description:
    'Takes an alert or a group, with trace windows or a digest of them, and answers with cause, mitigation and ' +
    'precedents. Answers 202 when asked to with `Prefer: respond-async`, or when the time budget is over.',
  request: {
    headers: z.object({
      prefer: z
        .string()
        .optional()
        .openapi({
          description:
            'RFC 7240: `respond-async` for an answer at once, `wait=N` for one within N seconds, both for a 202 after N ' +
            'seconds. Nothing is waited for longer than the time budget.',
        }),
    }),
    body: jsonBody('DiagnosisRequest'),
  },
  responses: { 200: done, 202: pending, ...bodyProblems() },
});

const getDiagnosis = createRoute({
  method: 'get',
  path: '/v1/diagnoses/{id}',
  operationId: 'getDiagnosis',
  tags: ['Diagnoses'],
  summary: 'Look at a diagnosis again',
  description:
    'The id is that of a diagnosis, or of an occurrence of alerts, which is followed to the diagnosis that answers it. A ' +
    'diagnosis that failed answers with the problem it failed with.',
  request: {
    params: z.object({ id: z.string().openapi({ description: 'As the answer gave it.' }) }),
    query: z.object({
      format: z.enum(['json', 'annotation']).default('json').openapi({
        description: '`annotation`: plain text of at most 1,000 characters, for a ticket or the note of an alert.',
      }),
    }),
    headers: z.object({
      prefer: z
        .string()
        .optional()
        .openapi({
          description: `\`wait=N\` (RFC 7240): waits until it is done, at most N and ${MAX_WAIT_SECONDS} s.`,
        }),
      'if-none-match': z
        .string()
        .optional()
        .openapi({ description: 'The `ETag` of the answer that is known already.' }),
    }),
  },
  responses: {
    200: {
      description: DONE,
      content: {
        ...jsonAnswer(DONE, 'DiagnosisAnswer', DiagnosisAnswer).content,
        'text/plain': { schema: z.string().max(1_000) },
      },
      headers: z.object({ etag: z.string().openapi({ description: 'For `If-None-Match`.' }) }),
    },
    202: pending,
    304: { description: 'The answer is the one that is known already.' },
    ...problems(400, 401, 404, 500, 503),
  },
});

const PLACES = { baseline: ['traces', 'baseline'], incident: ['traces', 'incident'] };

export const DIAGNOSIS_ROUTES = [postDiagnosis, getDiagnosis];

type SubmitOptions = NonNullable<Parameters<App['desk']['submit']>[1]>;

export interface DiagnosisParts extends Pick<App, 'traces'> {
  readonly config: App['config'] & { readonly publicUrl?: string };
  readonly desk: Pick<App['desk'], 'submit'>;
  readonly answers: Pick<AnswerWatch, 'waitFor'>;
}

/** `stopping` is given when the server is about to close: whoever waits is answered with what there is. */
export function addDiagnosisRoutes(api: OpenAPIHono, parts: DiagnosisParts, stopping?: AbortSignal): void {
  const stays = createStays(stopping);

  api.openapi(postDiagnosis, async (c) => {
    const preferences = readPreferences(c.req.valid('header').prefer);
    const question = await readQuestion(c.req, parts);
    const options = toSubmitOptions(preferences, parts.config.timeBudgetMs);
    const record = await parts.desk.submit(question, { ...options, viewer: principalOf(c) });
    tellApplied(c, options, preferences);
    if (record.status === 'failed') throw toFailure(record);
    return record.status === 'done' ? c.json(record.diagnosis, 200) : respondPending(c, record);
  });

  api.openapi(getDiagnosis, async (c) => {
    const { prefer, 'if-none-match': known } = c.req.valid('header');
    const wait = stays.count < MAX_WAITING ? (readPreferences(prefer).wait ?? 0) : 0;
    const seconds = Math.min(wait, MAX_WAIT_SECONDS);
    const { id } = c.req.valid('param');
    using stay = stays.begin(c.req.raw.signal);
    const found = await parts.answers.waitFor(id, principalOf(c), seconds * 1_000, stay.signal);
    if (seconds > 0) c.header('preference-applied', `wait=${seconds}`);
    const { record } = found;
    if (record.status === 'failed') throw toFailure(record);
    if (record.status === 'pending') return respondPending(c, record);
    const answer = buildDiagnosisAnswer(record.diagnosis, found);
    if (c.req.valid('query').format === 'annotation') {
      const text = renderAnnotation(answer, { link: linkTo(id, parts.config.publicUrl) });
      return isKnown(c, text, known) ? c.body(null, 304) : c.text(text, 200);
    }
    return isKnown(c, JSON.stringify(answer), known) ? c.body(null, 304) : c.json(answer, 200);
  });
}

async function readQuestion(request: HonoRequest, app: Pick<App, 'traces' | 'config'>): Promise<DiagnosisQuestion> {
  const { body, analysis } = await readTraceBody(request, DiagnosisRequest, { app, places: PLACES });
  const { traces: _, ...question } = body;
  return analysis ? { ...question, analysis } : question;
}

/** RFC 7240: with both, the answer comes later only when it is not there after so long. */
function toSubmitOptions({ respondAsync, wait }: Preferences, timeBudgetMs: number): SubmitOptions {
  if (wait !== undefined) return { timeBudgetMs: Math.min(wait * 1_000, timeBudgetMs) };
  return respondAsync ? { respondAsync } : {};
}

function tellApplied(c: Context, { timeBudgetMs }: SubmitOptions, { respondAsync }: Preferences): void {
  const applied = [
    ...(respondAsync ? ['respond-async'] : []),
    ...(timeBudgetMs === undefined ? [] : [`wait=${Math.floor(timeBudgetMs / 1_000)}`]),
  ];
  if (applied.length > 0) c.header('preference-applied', applied.join(', '));
}

function respondPending(c: Context, { id, createdAt }: DiagnosisRecord) {
  c.header('location', `/v1/diagnoses/${encodeURIComponent(id)}`);
  c.header('retry-after', POLL_SECONDS);
  return c.json({ id, status: 'pending' as const, createdAt }, 202);
}

/** Tags this very text, and says whether the caller has it. */
function isKnown(c: Context, text: string, known: string | undefined): boolean {
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
  c.header('etag', tag);
  c.header('cache-control', CACHE_CONTROL);
  return isKnownTag(known, tag);
}

function linkTo(id: string, publicUrl = ''): string {
  return `${publicUrl.replace(/\/$/, '')}/v1/diagnoses/${encodeURIComponent(id)}`;
}
