import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { App } from '../../app.ts';
import { KnowledgeStatus } from '../../domain/knowledge-status.ts';
import { jsonAnswer, problems } from './answers.ts';

const getStatus = createRoute({
  method: 'get',
  path: '/v1/status',
  operationId: 'getStatus',
  tags: ['Knowledge'],
  summary: 'Which commit of each source is served, and where does the source stand?',
  responses: {
    200: jsonAnswer('Served against head.', 'KnowledgeStatus', KnowledgeStatus),
    ...problems(401, 500, 503),
  },
});

export const STATUS_ROUTES = [getStatus];

export function addStatusRoutes(api: OpenAPIHono, app: App): void {
  api.openapi(getStatus, async (c) => c.json(await app.getStatus(c.req.raw.signal), 200));
}
