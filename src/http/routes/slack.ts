import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { PrecedentError } from '../../domain/errors.ts';
import type { Clock } from '../../ports.ts';
import type { SlackDesk } from '../../slack-desk/slack-desk.ts';
import { readBytes } from '../body.ts';
import { createDeliveryLog } from '../git-hook.ts';
import { findSlackPress, readForm, readSlackCommand } from '../slack-request.ts';
import { checkSlackSignature } from '../slack-signature.ts';
import { jsonAnswer, problems } from './answers.ts';

/** What Slack shows at once to whoever typed the command; the answer itself is posted to Slack afterwards. */
export const SlackReply = z.object({ response_type: z.literal('ephemeral'), text: z.string() });

const form = { schema: z.record(z.string(), z.string()) };

const SIGNED =
  'The signature is the authorisation, with one of SLACK_SIGNING_SECRETS; no bearer token is asked for. Taken at once; the ' +
  'answer is posted to the `response_url` of the request, and what Slack sends twice is answered once.';

const request = { body: { required: true, content: { 'application/x-www-form-urlencoded': form } } };

const responses = {
  200: jsonAnswer('What is said at once; an empty body where nothing is.', 'SlackReply', SlackReply),
  ...problems(400, 401, 413, 415, 500, 503),
};

const postCommand = createRoute({
  method: 'post',
  path: '/v1/slack/commands',
  operationId: 'receiveSlackCommand',
  tags: ['Ask'],
  summary: 'Slack tells of a command that was typed',
  description: `The Request URL of the slash command. ${SIGNED}`,
  security: [],
  request,
  responses,
});

const postInteraction = createRoute({
  method: 'post',
  path: '/v1/slack/interactions',
  operationId: 'receiveSlackInteraction',
  tags: ['Ask'],
  summary: 'Slack tells of a button that was pressed',
  description: `The Request URL of Interactivity. ${SIGNED}`,
  security: [],
  request,
  responses,
});

export const SLACK_ROUTES = [postCommand, postInteraction];

export interface SlackRouteParts {
  readonly slack: SlackDesk;
  readonly secrets: { readonly slackSigningSecrets: readonly string[] };
  readonly now: Clock;
  readonly maxBodyBytes: number;
}

/** Slack itself sends some kilobytes; nobody else need have much read before the signature is checked. */
const MAX_SLACK_BYTES = 256 * 1_024;

export function addSlackRoutes(api: OpenAPIHono, { slack, secrets, now, maxBodyBytes }: SlackRouteParts): void {
  const triggers = createDeliveryLog();

  // The signature is over the bytes as they were sent, so no parser may touch them first.
  const receive = async (c: Context): Promise<URLSearchParams> => {
    const body = await readBytes(c.req, Math.min(maxBodyBytes, MAX_SLACK_BYTES));
    checkSlackSignature((name) => c.req.header(name), body, secrets.slackSigningSecrets, now());
    return readForm(c.req, body);
  };

  const refuseElsewhere = ({ responseUrl }: { readonly responseUrl: string }) => {
    if (!slack.isResponseUrl(responseUrl))
      throw new PrecedentError('input-invalid', 'response_url is not an address of Slack');
  };

  api.post('/v1/slack/commands', async (c) => {
    const sent = await receive(c);
    // Slack looks now and then whether the certificate is good.
    if (sent.get('ssl_check') === '1') return c.body('', 200);
    const command = readSlackCommand(sent);
    refuseElsewhere(command);
    if (!triggers.isNew(command.trigger)) return c.body('', 200);
    const { text, taken } = slack.command(command);
    if (!taken) triggers.forget(command.trigger);
    return c.json({ response_type: 'ephemeral', text });
  });

  api.post('/v1/slack/interactions', async (c) => {
    const press = findSlackPress(await receive(c));
    if (press === undefined) return c.body('', 200);
    refuseElsewhere(press);
    if (!triggers.isNew(press.trigger) || slack.press(press)) return c.body('', 200);
    triggers.forget(press.trigger);
    throw new PrecedentError('overloaded', 'too much is asked from Slack just now: press it again in a moment');
  });
}
