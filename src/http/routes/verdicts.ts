import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { App } from '../../app.ts';
import { DiagnosisVerdicts, VerdictRequest } from '../../domain/feedback.ts';
import { readBody } from '../body.ts';
import { principalOf } from '../principal.ts';
import { bodyProblems, jsonAnswer, jsonBody, problems } from './answers.ts';

const PATH = '/v1/diagnoses/{id}/verdict';

const params = z.object({ id: z.string().openapi({ description: 'Of the diagnosis, as its answer gave it.' }) });
const verdicts = jsonAnswer('What was said of this diagnosis.', 'DiagnosisVerdicts', DiagnosisVerdicts);

const postVerdict = createRoute({
  method: 'post',
  path: PATH,
  operationId: 'giveVerdict',
  tags: ['Diagnoses'],
  summary: 'Say whether a diagnosis was right',
  description:
    'Each person counts once: a later verdict takes the place of the earlier one, which stays as history. In similar ' +
    'situations, documents that helped rise a little and documents that led astray sink a little. Of people who agree on one ' +
    'diagnosis, three move them.',
  request: { params, body: jsonBody('VerdictRequest') },
  responses: { 200: verdicts, ...bodyProblems(404, 409) },
});

const getVerdicts = createRoute({
  method: 'get',
  path: PATH,
  operationId: 'getVerdicts',
  tags: ['Diagnoses'],
  summary: 'Look at what was said of a diagnosis',
  request: { params },
  responses: { 200: verdicts, ...problems(400, 401, 404, 409, 500, 503) },
});

const deleteVerdict = createRoute({
  method: 'delete',
  path: PATH,
  operationId: 'withdrawVerdict',
  tags: ['Diagnoses'],
  summary: 'Take a verdict back',
  description: 'It counts no more from now on, and stays as history.',
  request: {
    params,
    query: z.object({
      by: VerdictRequest.shape.by.clone().openapi({ description: 'Whose verdict, as it was given.' }),
    }),
  },
  responses: { 200: verdicts, ...problems(400, 401, 404, 409, 500, 503) },
});

export const VERDICT_ROUTES = [postVerdict, getVerdicts, deleteVerdict];

export function addVerdictRoutes(api: OpenAPIHono, app: App): void {
  api.openapi(postVerdict, async (c) => {
    const { id } = c.req.valid('param');
    const request = await readBody(c.req, VerdictRequest, app.config.maxBodyBytes);
    return c.json(await app.desk.giveVerdict(id, request, principalOf(c)), 200);
  });

  api.openapi(getVerdicts, async (c) =>
    c.json(await app.desk.getVerdicts(c.req.valid('param').id, principalOf(c)), 200),
  );

  api.openapi(deleteVerdict, async (c) => {
    const { by } = c.req.valid('query');
    return c.json(await app.desk.withdrawVerdict(c.req.valid('param').id, by, principalOf(c)), 200);
  });
}
