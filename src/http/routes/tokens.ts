import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { parseDuration } from '../../access/lifetime.ts';
import { AccessToken, TokenName } from '../../domain/access.ts';
import { EVERY_NAMESPACE, homeOf, Namespace, Scope } from '../../domain/principal.ts';
import type { NewToken, TokenDesk } from '../../gatekeeper/token-desk.ts';
import { readBody } from '../body.ts';
import { principalOf } from '../principal.ts';
import { bodyProblems, jsonAnswer, jsonBody, problems } from './answers.ts';

const duration = z.string().max(20).optional();

export const TokenRequest = z.object({
  name: TokenName,
  scopes: z.array(Scope).min(1).max(Scope.options.length),
  namespace: z.union([Namespace, z.literal(EVERY_NAMESPACE)]).optional(),
  expiresIn: duration,
});
export type TokenRequest = z.infer<typeof TokenRequest>;

export const RotateRequest = z.object({ grace: duration });

export const TokenAnswer = AccessToken;
export const TokenList = z.object({ tokens: z.array(AccessToken) });
export const NewTokenAnswer = AccessToken.extend({ token: z.string() });

const params = z.object({
  id: z.string().openapi({ description: 'Of the token: the part between its first two `_`.' }),
});

const listTokens = createRoute({
  method: 'get',
  path: '/v1/tokens',
  operationId: 'listTokens',
  tags: ['Access'],
  summary: 'Which tokens are there?',
  description:
    'Of the namespace of whoever asks, newest first, also those that hold no more; never the tokens themselves.',
  responses: { 200: jsonAnswer('All of them.', 'AccessTokens', TokenList), ...problems(401, 403, 500, 503) },
});

const postToken = createRoute({
  method: 'post',
  path: '/v1/tokens',
  operationId: 'createToken',
  tags: ['Access'],
  summary: 'Make a token',
  description: 'The answer shows it, and nothing ever does again: only its hash is kept.',
  request: { body: jsonBody('TokenRequest') },
  responses: { 201: jsonAnswer('The token.', 'NewAccessToken', NewTokenAnswer), ...bodyProblems(403) },
});

const deleteToken = createRoute({
  method: 'delete',
  path: '/v1/tokens/{id}',
  operationId: 'revokeToken',
  tags: ['Access'],
  summary: 'End a token',
  description: 'At once where it is asked for; other processes on the same casebook follow within five seconds.',
  request: { params },
  responses: {
    200: jsonAnswer('The token that was.', 'AccessToken', AccessToken),
    ...problems(401, 403, 404, 500, 503),
  },
});

const rotateToken = createRoute({
  method: 'post',
  path: '/v1/tokens/{id}/rotate',
  operationId: 'rotateToken',
  tags: ['Access'],
  summary: 'Put a new token in the place of one that holds',
  description:
    'Of the same name, namespace and scopes, for as long as the old one was to last from its beginning. The old one holds ' +
    'for a day, or as `grace` says.',
  request: { params, body: { ...jsonBody('RotateRequest'), required: false } },
  responses: { 201: jsonAnswer('The new token.', 'NewAccessToken', NewTokenAnswer), ...bodyProblems(403, 404) },
});

export const TOKEN_ROUTES = [listTokens, postToken, deleteToken, rotateToken];

/** What these routes need of a running service. */
export interface TokenParts {
  readonly tokens: TokenDesk;
  readonly config: { readonly maxBodyBytes: number };
}

export function addTokenRoutes(api: OpenAPIHono, { tokens, config }: TokenParts): void {
  api.openapi(listTokens, async (c) => c.json({ tokens: await tokens.list(principalOf(c)) }, 200));

  api.openapi(postToken, async (c) => {
    const principal = principalOf(c);
    const { name, scopes, namespace, expiresIn } = await readBody(c.req, TokenRequest, config.maxBodyBytes);
    const made = await tokens.create(principal, {
      name,
      scopes,
      namespace: namespace ?? homeOf(principal),
      ...(expiresIn === undefined ? {} : { expiresInMs: parseDuration(expiresIn, 'expiresIn') }),
    });
    return c.json(shown(made), 201, NEVER_KEPT);
  });

  api.openapi(deleteToken, async (c) => c.json(await tokens.revoke(principalOf(c), c.req.valid('param').id), 200));

  api.openapi(rotateToken, async (c) => {
    const hasBody = c.req.raw.body !== null && c.req.header('content-length') !== '0';
    const { grace } = hasBody ? await readBody(c.req, RotateRequest, config.maxBodyBytes) : {};
    const graceMs = grace === undefined ? undefined : parseDuration(grace, 'grace');
    return c.json(shown(await tokens.rotate(principalOf(c), c.req.valid('param').id, graceMs)), 201, NEVER_KEPT);
  });
}

/** No cache on the way may hold a token. */
const NEVER_KEPT = { 'cache-control': 'no-store' };

function shown({ record, token }: NewToken): z.infer<typeof NewTokenAnswer> {
  return { ...record, token };
}
