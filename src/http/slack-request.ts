import type { HonoRequest } from 'hono';
import { z } from 'zod';
import { PrecedentError } from '../domain/errors.ts';
import { parseInput } from './input.ts';
import { parseJson } from './json.ts';
import { HttpError } from './problem.ts';

const Id = z.string().min(1).max(100);
const ResponseUrl = z.string().min(1).max(1_000);

/** The form of a slash command, as far as it is read. */
const Command = z.object({
  command: z.string().max(100).default(''),
  text: z.string().max(10_000).default(''),
  team_id: Id,
  user_id: Id,
  response_url: ResponseUrl,
  trigger_id: Id,
});

/** The `payload` of the form that a pressed button sends, as far as it is read. */
const Interaction = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: Id, team_id: Id.nullish() }),
  team: z.object({ id: Id }).nullish(),
  trigger_id: Id,
  response_url: ResponseUrl,
  actions: z.array(z.object({ action_id: z.string().max(255), value: z.string().max(2_000).optional() })).min(1),
});

interface Sent {
  readonly team: string;
  readonly user: string;
  readonly responseUrl: string;
  /** The same when Slack sends it again. */
  readonly trigger: string;
}

export type SentCommand = Sent & { readonly command: string; readonly text: string };
export type SentPress = Sent & { readonly action: string; readonly value: string };

export function readForm(request: HonoRequest, body: Uint8Array): URLSearchParams {
  const [type = ''] = (request.header('content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw new HttpError('media-type-unsupported', 'Slack sends application/x-www-form-urlencoded', {
      accept: 'application/x-www-form-urlencoded',
    });
  }
  return new URLSearchParams(new TextDecoder().decode(body));
}

export function readSlackCommand(form: URLSearchParams): SentCommand {
  const { command, text, team_id, user_id, response_url, trigger_id } = parseInput(Command, Object.fromEntries(form));
  return { command, text, team: team_id, user: user_id, responseUrl: response_url, trigger: trigger_id };
}

/** Undefined for what is no pressed button: a shortcut, a dialogue. */
export function findSlackPress(form: URLSearchParams): SentPress | undefined {
  const payload = parseJson(Buffer.from(form.get('payload') ?? 'null'));
  if (payload === null)
    throw new PrecedentError('input-invalid', 'the form has no payload: set this URL as Interactivity Request URL');
  const kind = z.object({ type: z.string() }).safeParse(payload).data?.type;
  if (kind !== 'block_actions') return undefined;
  const { user, team, trigger_id, response_url, actions } = parseInput(Interaction, payload);
  const [pressed] = actions;
  return {
    // Of a workspace of an organisation both are there; who types commands there is told by the workspace.
    team: team?.id ?? user.team_id ?? 'unknown',
    user: user.id,
    responseUrl: response_url,
    trigger: trigger_id,
    action: pressed?.action_id ?? '',
    value: pressed?.value ?? '',
  };
}
