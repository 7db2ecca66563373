import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AuditEntry } from '../../domain/access.ts';
import type { AuditLog } from '../../gatekeeper/audit-log.ts';
import { principalOf } from '../principal.ts';
import { jsonAnswer, problems } from './answers.ts';

const LIMIT = 100;
const MAX_LIMIT = 1_000;

export const AuditEntryAnswer = AuditEntry.extend({ number: z.int().min(1) });
export const AuditPage = z.object({ entries: z.array(AuditEntryAnswer), before: z.int().min(1).optional() });

const getAudit = createRoute({
  method: 'get',
  path: '/v1/audit',
  operationId: 'listAudit',
  tags: ['Access'],
  summary: 'Who changed what?',
  description:
    'Newest first: verdicts, tokens, deliveries that were sent again, pushes that git hosts told of. An admin of one ' +
    'namespace sees what was done by its own people.',
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(LIMIT).openapi({ description: 'How many entries.' }),
      before: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .openapi({ description: 'Only entries before this number: `before` of the last page is the next page.' }),
    }),
  },
  responses: { 200: jsonAnswer('A page of entries.', 'AuditEntries', AuditPage), ...problems(400, 401, 403, 500, 503) },
});

export const AUDIT_ROUTES = [getAudit];

export function addAuditRoutes(api: OpenAPIHono, { audit }: { readonly audit: AuditLog }): void {
  api.openapi(getAudit, async (c) => {
    const { limit, before } = c.req.valid('query');
    const entries = [...(await audit.list(principalOf(c), { limit, before }))];
    const last = entries.at(-1)?.number;
    // A page that is not full is the last one.
    return c.json({ entries, ...(entries.length < limit || last === undefined ? {} : { before: last }) }, 200);
  });
}
