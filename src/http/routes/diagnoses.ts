import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context, HonoRequest } from 'hono';
import type { App } from '../../app.ts';
import { Diagnosis } from '../../domain/diagnosis.ts';
import { type DiagnosisQuestion, DiagnosisRequest } from '../../domain/request.ts';
import { toFailure } from '../problem.ts';
import { readTraceBody } from '../trace-body.ts';
import { bodyProblems, jsonAnswer, jsonBody, problems } from './answers.ts';

/** When to look again at a diagnosis that is not done. */
const POLL_SECONDS = '1';

export const PendingDiagnosis = z.object({
  id: z.string(),
  status: z.literal('pending'),
  createdAt: z.iso.datetime(),
});

const done = jsonAnswer('The diagnosis: answered, or abstained with the reason.', 'Diagnosis', Diagnosis);
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
      prefer: z.string().optional().openapi({ description: '`respond-async` (RFC 7240) for an answer at once.' }),
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
  description: 'A diagnosis that failed answers with the problem it failed with.',
  request: { params: z.object({ id: z.string().openapi({ description: 'As the answer gave it.' }) }) },
  responses: { 200: done, 202: pending, ...problems(400, 401, 404, 500, 503) },
});

const PLACES = { baseline: ['traces', 'baseline'], incident: ['traces', 'incident'] };

export const DIAGNOSIS_ROUTES = [postDiagnosis, getDiagnosis];

type DiagnosisRecord = Awaited<ReturnType<App['desk']['get']>>;

export function addDiagnosisRoutes(api: OpenAPIHono, app: App): void {
  api.openapi(postDiagnosis, async (c) => {
    const respondAsync = prefersAsync(c.req.valid('header').prefer);
    const question = await readQuestion(c.req, app);
    const record = await app.desk.submit(question, { respondAsync });
    if (respondAsync) c.header('preference-applied', 'respond-async');
    return respondWith(c, record);
  });

  api.openapi(getDiagnosis, async (c) => respondWith(c, await app.desk.get(c.req.valid('param').id)));
}

async function readQuestion(request: HonoRequest, app: App): Promise<DiagnosisQuestion> {
  const { body, analysis } = await readTraceBody(request, DiagnosisRequest, { app, places: PLACES });
  const { traces: _, ...question } = body;
  return analysis ? { ...question, analysis } : question;
}

function respondWith(c: Context, record: DiagnosisRecord) {
  if (record.status === 'failed') throw toFailure(record);
  if (record.status === 'done') return c.json(record.diagnosis, 200);
  const { id, status, createdAt } = record;
  c.header('location', `/v1/diagnoses/${encodeURIComponent(id)}`);
  c.header('retry-after', POLL_SECONDS);
  return c.json({ id, status, createdAt }, 202);
}

/** RFC 7240: preferences are separated by commas, and may carry values and parameters. */
function prefersAsync(header: string | undefined): boolean {
  const preferences = (header ?? '').split(',').map((preference) => preference.split(/[;=]/)[0]?.trim().toLowerCase());
  return preferences.includes('respond-async');
}
