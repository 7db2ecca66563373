import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { App } from '../../app.ts';
import { SnapshotKey, SnapshotPage } from '../../domain/snapshot.ts';
import { isKnownTag } from '../etag.ts';
import { jsonAnswer, problems } from './answers.ts';

/** What a key stands for never changes; how long it is kept may be over sooner. */
const CACHE_CONTROL = 'private, max-age=86400, immutable';

const NO_PAGE = 'must be a whole number from 1';

/** A schema that was made before `@hono/zod-openapi` was imported lacks its methods; a clone has them. */
const key = SnapshotKey.clone().openapi({ description: 'As `snapshotKeys` of a digest have it.' });

const getSnapshotPage = createRoute({
  method: 'get',
  path: '/v1/snapshots/{key}',
  operationId: 'getSnapshotPage',
  tags: ['Traces'],
  summary: 'Telemetry that a digest came from, whole',
  description:
    'One page of a window as it was received, without secrets. A page is a window of its own: what takes windows takes ' +
    'pages, and all pages one after another are the whole.',
  request: {
    params: z.object({ key }),
    query: z.object({
      page: z.coerce
        .number(NO_PAGE)
        .int(NO_PAGE)
        .min(1, NO_PAGE)
        .default(1)
        .openapi({ description: 'From 1; `next` names the one after.' }),
    }),
    headers: z.object({
      'if-none-match': z.string().optional().openapi({ description: 'The `ETag` of the page that is known already.' }),
    }),
  },
  responses: {
    200: jsonAnswer('The page.', 'SnapshotPage', SnapshotPage),
    304: { description: 'The page is the one that is known already.' },
    ...problems(400, 401, 404, 410, 500, 503),
  },
});

export const SNAPSHOT_ROUTES = [getSnapshotPage];

export function addSnapshotRoutes(api: OpenAPIHono, app: Pick<App, 'snapshots'>): void {
  api.openapi(getSnapshotPage, async (c) => {
    const { key } = c.req.valid('param');
    const page = await app.snapshots.getPage(key, c.req.valid('query').page, c.req.raw.signal);
    // Weak: when it was used last is beside the content.
    const tag = `"${key}-${page.page}"`;
    c.header('etag', `W/${tag}`);
    c.header('cache-control', CACHE_CONTROL);
    if (isKnownTag(c.req.valid('header')['if-none-match'], tag)) return c.body(null, 304);
    return c.json(page, 200);
  });
}
