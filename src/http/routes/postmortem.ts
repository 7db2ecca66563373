import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { App } from '../../app.ts';
import { principalOf } from '../principal.ts';
import { problems } from './answers.ts';

const getPostmortem = createRoute({
  method: 'get',
  path: '/v1/diagnoses/{id}/postmortem',
  operationId: 'getPostmortem',
  tags: ['Diagnoses'],
  summary: 'Take a diagnosis as the draft of a postmortem',
  description:
    'Markdown with front matter, as `precedent promote` writes it: for a diagnosis that people confirmed or corrected, and ' +
    'that no stored incident tells of. Nothing is published by it; somebody reviews it and opens a pull request.',
  request: {
    params: z.object({ id: z.string().openapi({ description: 'Of the diagnosis, as its answer gave it.' }) }),
  },
  responses: {
    200: { description: 'The draft.', content: { 'text/markdown': { schema: z.string() } } },
    ...problems(400, 401, 404, 409, 500, 503),
  },
});

export const POSTMORTEM_ROUTES = [getPostmortem];

export function addPostmortemRoutes(api: OpenAPIHono, app: Pick<App, 'promoter'>): void {
  api.openapi(getPostmortem, async (c) => {
    const { id } = c.req.valid('param');
    const { fileName, markdown } = await app.promoter.draft(id, { viewer: principalOf(c) }, c.req.raw.signal);
    // Services are called as people like, header values are ASCII.
    const name = encodeURIComponent(fileName.replace(/^.*\//, ''));
    return c.body(markdown, 200, {
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': `attachment; filename*=UTF-8''${name}`,
      'x-content-type-options': 'nosniff',
    });
  });
}
