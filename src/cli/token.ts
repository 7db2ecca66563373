import { z } from 'zod';
import { parseDuration, standingOf } from '../access/lifetime.ts';
import { type AccessToken, TokenName } from '../domain/access.ts';
import { LOCAL_OPERATOR, Namespace, Scope } from '../domain/principal.ts';
import type { NewToken, TokenDesk } from '../gatekeeper/token-desk.ts';
import { type CommandContext, EXIT } from './context.ts';
import { parseInput } from './input.ts';
import { formatSecond, paint, plain } from './render.ts';

interface Output {
  readonly json?: boolean;
}

export interface CreateOptions extends Output {
  readonly name: string;
  readonly scope: readonly string[];
  readonly namespace: string;
  readonly expires?: string;
}

const Wish = z.object({
  name: TokenName,
  scopes: z.array(Scope).min(1),
  namespace: z.union([Namespace, z.literal('*')]),
});

/** `precedent token create`: the token alone on standard output, so that it can be piped to where it is kept. */
export async function createToken(tokens: TokenDesk, options: CreateOptions, context: CommandContext): Promise<number> {
  const { name, scope, namespace, expires, json } = options;
  const wish = parseInput(Wish, { name, scopes: scope, namespace });
  const expiresInMs = expires === undefined ? undefined : parseDuration(expires, '--expires');
  const isFirst = (await tokens.list(LOCAL_OPERATOR)).length === 0;
  const made = await tokens.create(LOCAL_OPERATOR, { ...wish, expiresInMs });
  tell(made, json, context);
  if (isFirst) {
    context.note('It is the first one: from now on whoever asks a service on this casebook needs a token.\n');
  }
  return EXIT.done;
}

/** `precedent token list`: also those that hold no more. */
export async function listTokens(
  tokens: TokenDesk,
  { json }: Output,
  context: CommandContext,
  now: Date,
): Promise<number> {
  const listed = await tokens.list(LOCAL_OPERATOR);
  const lines = plain(listed).map((token) => renderToken(token, now));
  const none = 'no token was ever made: `precedent token create` makes one\n';
  context.write(json ? `${JSON.stringify({ tokens: listed })}\n` : lines.join('') || none);
  return listed.length === 0 ? EXIT.nothing : EXIT.done;
}

/** `precedent token revoke`. */
export async function revokeToken(
  tokens: TokenDesk,
  id: string,
  { json }: Output,
  context: CommandContext,
): Promise<number> {
  const ended = await tokens.revoke(LOCAL_OPERATOR, id);
  const text = `revoked ${ended.id} (${plain(ended.name)}): services on this casebook refuse it within five seconds\n`;
  context.write(json ? `${JSON.stringify(ended)}\n` : text);
  return EXIT.done;
}

/** `precedent token rotate`: the new token alone on standard output. */
export async function rotateToken(
  tokens: TokenDesk,
  id: string,
  { grace, json }: Output & { readonly grace?: string },
  context: CommandContext,
): Promise<number> {
  const graceMs = grace === undefined ? undefined : parseDuration(grace, '--grace');
  tell(await tokens.rotate(LOCAL_OPERATOR, id, graceMs), json, context);
  context.note(`The old one holds for ${grace ?? '24h'} more.\n`);
  return EXIT.done;
}

function tell({ token, record }: NewToken, json: boolean | undefined, context: CommandContext): void {
  context.write(json ? `${JSON.stringify({ ...record, token })}\n` : `${token}\n`);
  context.note(`${describe(plain(record))}. It is shown this once: only its hash is kept.\n`);
}

function describe({ id, name, namespace, scopes, expiresAt }: AccessToken): string {
  const end = expiresAt === undefined ? 'until it is revoked' : `until ${formatSecond(expiresAt)}`;
  const where = namespace === '*' ? 'in every namespace' : `in the namespace ${namespace}`;
  return `${id} (${name}) may ${scopes.join(', ')} ${where} ${end}`;
}

function renderToken(token: AccessToken, now: Date): string {
  const standing = standingOf(token, now);
  const mark = standing === 'holds' ? paint.good('✔') : paint.quiet('✘');
  const end = standing === 'holds' ? '' : ` ${paint.quiet(`· ${standing}`)}`;
  return `${mark} ${describe(token)}${end} ${paint.quiet(`· made ${formatSecond(token.createdAt)}`)}\n`;
}
