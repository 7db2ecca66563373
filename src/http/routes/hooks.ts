import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { App } from '../../app.ts';
import { EVERY_NAMESPACE } from '../../domain/principal.ts';
import { noteDeed } from '../audit-trail.ts';
import { readBytes } from '../body.ts';
import { createDeliveryLog, isPush, readGitDelivery } from '../git-hook.ts';
import { jsonAnswer, problems } from './answers.ts';

export const HookAnswer = z.object({
  status: z.enum(['accepted', 'duplicate', 'ignored']),
  delivery: z.string().optional(),
});
type HookAnswer = z.infer<typeof HookAnswer>;

const postGitHook = createRoute({
  method: 'post',
  path: '/v1/hooks/git',
  operationId: 'receiveGitHook',
  tags: ['Knowledge'],
  summary: 'A git host tells that a repository has moved',
  description:
    'For the webhooks of GitHub (`X-Hub-Signature-256`), GitLab (`X-Gitlab-Token`, or a signing token by Standard ' +
    'Webhooks) and Gitea (`X-Gitea-Signature`). The signature is the authorisation, with one of GIT_HOOK_SECRETS; no ' +
    'bearer token is asked for. A push brings the index up to date after the answer; the same delivery does so once.',
  security: [],
  request: {
    body: { required: true, content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } } },
  },
  responses: { 202: jsonAnswer('What will come of it.', 'HookAnswer', HookAnswer), ...problems(401, 413, 500) },
});

export const HOOK_ROUTES = [postGitHook];

export function addHookRoutes(api: OpenAPIHono, app: App): void {
  const deliveries = createDeliveryLog();

  // The signature is over the bytes as they were sent, so no parser may touch them first; none is needed afterwards.
  api.post('/v1/hooks/git', async (c) => {
    const body = await readBytes(c.req, app.config.maxBodyBytes);
    const delivery = readGitDelivery((name) => c.req.header(name), body, app.secrets.gitHookSecrets, app.now());
    const answer = (status: HookAnswer['status']) =>
      c.json({ status, ...(delivery.id === undefined ? {} : { delivery: delivery.id }) }, 202);
    if (!isPush(delivery)) return answer('ignored');
    if (!deliveries.isNew(delivery.id)) return answer('duplicate');
    const who = { name: `git:${delivery.sender}`, namespace: EVERY_NAMESPACE };
    noteDeed(c, { action: 'git.hook', target: delivery.id ?? delivery.event, who });
    // Its outcome is told to the log and to /v1/status, not to a host that waits.
    app.refresher.refresh('hook').catch(() => deliveries.forget(delivery.id));
    return answer('accepted');
  });
}
