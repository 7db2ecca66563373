import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { App, Check } from '../../app.ts';
import { createReaderCheck } from '../auth.ts';
import { PROBLEM_MEDIA_TYPE, ProblemDetails } from '../problem.ts';
import { jsonAnswer, named } from './answers.ts';

export const DependencyCheck = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
export const Readiness = z.object({ status: z.literal('ready'), checks: z.array(DependencyCheck) });
export const Unreadiness = ProblemDetails.extend({ checks: z.array(DependencyCheck) });
export const Liveness = z.object({ status: z.literal('ok') });

const getLiveness = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'getLiveness',
  tags: ['Health'],
  summary: 'Does the process live?',
  security: [],
  responses: { 200: jsonAnswer('It does.', 'Liveness', Liveness) },
});

const getReadiness = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'getReadiness',
  tags: ['Health'],
  summary: 'Can it answer, and if not, what is missing?',
  security: [],
  responses: {
    200: jsonAnswer('Every dependency answers.', 'Readiness', Readiness),
    503: {
      description: 'A dependency is missing; `checks` says which and how to mend it.',
      content: { [PROBLEM_MEDIA_TYPE]: { schema: named('Unreadiness', Unreadiness) } },
    },
  },
});

export const HEALTH_ROUTES = [getLiveness, getReadiness];

export function addHealthRoutes(api: OpenAPIHono, app: App): void {
  const mayRead = createReaderCheck(app.gatekeeper);
  api.openapi(getLiveness, (c) => c.json({ status: 'ok' as const }, 200));

  api.openapi(getReadiness, async (c) => {
    const checks = forCaller(await app.checkReadiness(), await mayRead(c.req.header('authorization')));
    const missing = checks.filter(({ ok }) => !ok);
    if (missing.length === 0) return c.json({ status: 'ready' as const, checks }, 200);
    return c.json(toUnreadiness(checks, missing), 503, { 'content-type': PROBLEM_MEDIA_TYPE });
  });
}

/** Details name folders, models and addresses: a probe without a token learns which dependency is down, not where it is. */
function forCaller(checks: readonly Check[], mayRead: boolean): Check[] {
  return checks.map((check) => (mayRead ? check : { ...check, detail: check.ok ? 'well' : 'not well' }));
}

function toUnreadiness(checks: readonly Check[], missing: readonly Check[]): z.infer<typeof Unreadiness> {
  return {
    type: 'urn:precedent:problem:not-ready',
    title: 'Not ready',
    status: 503,
    detail: missing.map(({ name, detail }) => `${name}: ${detail}`).join('; '),
    instance: '/readyz',
    checks: [...checks],
  };
}
