import { createHash } from 'node:crypto';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { Outage, OutageListing } from '../../domain/outage.ts';
import type { Outages } from '../../intake-desk/outages.ts';
import { isKnownTag } from '../etag.ts';
import { principalOf } from '../principal.ts';
import { jsonAnswer, problems } from './answers.ts';

const MAX_LISTED = 200;
const NO_LIMIT = `must be a whole number from 1 to ${MAX_LISTED}`;

export const OutageList = z.object({ outages: z.array(OutageListing) });

const getOutage = createRoute({
  method: 'get',
  path: '/v1/outages/{id}',
  operationId: 'getOutage',
  tags: ['Outages'],
  summary: 'Alerts that belong together, as one thing',
  description:
    'Its members and why each counts as one, the services it touches and those that depend on them, the service that ' +
    'would explain most of it, and all of it in a few sentences. `diagnosis` is asked for at `/v1/diagnoses/{id}`.',
  request: {
    params: z.object({ id: z.string().openapi({ description: 'As `outage` of an occurrence has it.' }) }),
    headers: z.object({
      'if-none-match': z.string().optional().openapi({ description: 'The `ETag` of the state that is known already.' }),
    }),
  },
  responses: {
    200: jsonAnswer('The outage as it stands.', 'Outage', Outage),
    304: { description: 'Nothing has changed since.' },
    ...problems(400, 401, 404, 500, 503),
  },
});

const listOutages = createRoute({
  method: 'get',
  path: '/v1/outages',
  operationId: 'listOutages',
  tags: ['Outages'],
  summary: 'The newest outages',
  request: {
    query: z.object({
      limit: z.coerce
        .number(NO_LIMIT)
        .int(NO_LIMIT)
        .min(1, NO_LIMIT)
        .max(MAX_LISTED, NO_LIMIT)
        .default(20)
        .openapi({ description: 'The newest so many.' }),
    }),
  },
  responses: {
    200: jsonAnswer('Outages, the newest first.', 'OutageList', OutageList),
    ...problems(400, 401, 500, 503),
  },
});

export const OUTAGE_ROUTES = [getOutage, listOutages];

export interface OutageRouteParts {
  readonly outages: Outages;
}

export function addOutageRoutes(api: OpenAPIHono, { outages }: OutageRouteParts): void {
  api.openapi(getOutage, async (c) => {
    const outage = await outages.getOutage(c.req.valid('param').id, principalOf(c), c.req.raw.signal);
    // Weak: it says the same, whatever its bytes are once a proxy has packed them.
    const tag = `"${createHash('sha256').update(JSON.stringify(outage)).digest('hex').slice(0, 32)}"`;
    c.header('etag', `W/${tag}`);
    c.header('cache-control', 'private, no-cache');
    if (isKnownTag(c.req.valid('header')['if-none-match'], tag)) return c.body(null, 304);
    return c.json(outage, 200);
  });

  api.openapi(listOutages, async (c) => {
    const { limit } = c.req.valid('query');
    return c.json({ outages: await outages.listOutages(principalOf(c), limit, c.req.raw.signal) }, 200);
  });
}
