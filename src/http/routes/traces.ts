import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { App } from '../../app.ts';
import { PrecedentError } from '../../domain/errors.ts';
import { DigestRequest } from '../../domain/request.ts';
import { TraceDigest } from '../../domain/trace.ts';
import { readTraceBody } from '../trace-body.ts';
import { bodyProblems, jsonAnswer, jsonBody } from './answers.ts';

const postDigest = createRoute({
  method: 'post',
  path: '/v1/traces/digest',
  operationId: 'digestTraces',
  tags: ['Traces'],
  summary: 'Compare two windows of traces',
  description:
    'Names the services whose own time or errors rose, best suspect first. Each window is Jaeger `{"data": […]}`, ' +
    'OTLP `{"resourceSpans": […]}`, Tempo `{"batches": […]}` or `{"trace": {"resourceSpans": […]}}`, a Zipkin v2 array, ' +
    'or an array of such documents; without a baseline the incident window stands alone.',
  request: { body: jsonBody('DigestRequest') },
  responses: {
    200: jsonAnswer('Who is suspect, and why.', 'TraceDigest', TraceDigest),
    ...bodyProblems(),
  },
});

const PLACES = { baseline: ['baseline'], incident: ['incident'] };

export const TRACE_ROUTES = [postDigest];

export function addTraceRoutes(api: OpenAPIHono, app: App): void {
  api.openapi(postDigest, async (c) => {
    const { analysis } = await readTraceBody(c.req, DigestRequest, { app, places: PLACES });
    if (!analysis) throw new PrecedentError('input-invalid', 'incident: is needed');
    return c.json(await app.digest(analysis), 200);
  });
}
