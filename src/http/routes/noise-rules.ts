import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { NoiseDryRun } from '../../domain/noise-dry-run.ts';
import { NOISE_BOUNDS } from '../../domain/noise-rule.ts';
import { NoiseRuleList } from '../../domain/noise-rule-list.ts';
import { EVERY_NAMESPACE, type Principal } from '../../domain/principal.ts';
import { DRY_RUN_DAYS, type NoiseDesk } from '../../noise-desk/noise-desk.ts';
import { readBody } from '../body.ts';
import { principalOf } from '../principal.ts';
import { bodyProblems, jsonAnswer, jsonBody, problems } from './answers.ts';

const Days = z.number().int().min(1).max(DRY_RUN_DAYS.most);

/** A sentence to be tried; what is wrong with it is said with its place. */
export const NoiseDryRunRequest = z.object({
  say: z.string().min(1).max(NOISE_BOUNDS.sentence),
  days: Days.default(DRY_RUN_DAYS.usual),
});
export type NoiseDryRunRequest = Readonly<z.infer<typeof NoiseDryRunRequest>>;

const getRules = createRoute({
  method: 'get',
  path: '/v1/noise-rules',
  operationId: 'listNoiseRules',
  tags: ['Noise rules'],
  summary: 'List the noise rules and what they hid',
  description:
    'Rules are files beside the runbooks, and are changed there. What was hidden is counted over the alerts that the ' +
    'caller may see.',
  request: {
    query: z.object({
      days: z.coerce
        .number()
        .int()
        .min(1)
        .max(DRY_RUN_DAYS.usual)
        .default(7)
        .openapi({ description: 'Count what was hidden in these last days, 1..30.' }),
    }),
  },
  responses: {
    200: jsonAnswer('The rules as they are served.', 'NoiseRuleList', NoiseRuleList),
    ...problems(400, 401, 500, 503),
  },
});

const postDryRun = createRoute({
  method: 'post',
  path: '/v1/noise-rules/dry-run',
  operationId: 'tryNoiseRule',
  tags: ['Noise rules'],
  summary: 'See what a rule would have hidden',
  description: 'Reads the history of the alerts that the caller may see, and changes nothing. One runs at a time.',
  request: { body: jsonBody('NoiseDryRunRequest') },
  responses: {
    200: jsonAnswer('What the rule would have done.', 'NoiseDryRun', NoiseDryRun),
    ...bodyProblems(),
  },
});

export const NOISE_ROUTES = [getRules, postDryRun];

export function addNoiseRoutes(
  api: OpenAPIHono,
  { noise, maxBodyBytes }: { readonly noise: Pick<NoiseDesk, 'listRules' | 'dryRun'>; readonly maxBodyBytes: number },
): void {
  api.openapi(getRules, async (c) => {
    const { days } = c.req.valid('query');
    return c.json(await noise.listRules({ days, ...whoseAlerts(principalOf(c)) }, c.req.raw.signal), 200);
  });

  api.openapi(postDryRun, async (c) => {
    const { say, days } = await readBody(c.req, NoiseDryRunRequest, maxBodyBytes);
    return c.json(await noise.dryRun(say, { days, ...whoseAlerts(principalOf(c)) }, c.req.raw.signal), 200);
  });
}

function whoseAlerts({ namespace }: Principal): { namespace?: string } {
  return namespace === EVERY_NAMESPACE ? {} : { namespace };
}
