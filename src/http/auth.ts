import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { PrecedentError } from '../domain/errors.ts';

/** What a probe, a browser and a generator of clients may read without a token; /readyz then leaves the details out. */
const READABLE_PATHS = ['/', '/healthz', '/readyz', '/openapi.json', '/docs', '/docs/'];

/** Where the body's signature is the authorisation. */
const SIGNED_PATHS = ['/v1/hooks/git'];

const OPEN_PATHS: ReadonlySet<string> = new Set([...READABLE_PATHS, ...SIGNED_PATHS]);

/** Asks for one of `tokens` as a bearer token (RFC 6750); without tokens everybody may come in. */
export function bearerAuth(tokens: readonly string[]): MiddlewareHandler {
  const isAuthorised = createTokenCheck(tokens);
  return async (c, next) => {
    if (!isOpen(c.req.path) && !isAuthorised(c.req.header('authorization'))) {
      throw new PrecedentError('unauthorised', 'send Authorization: Bearer with one of the tokens in API_TOKENS');
    }
    await next();
  };
}

/** Whether an Authorization header holds one of `tokens`; without tokens everybody is trusted. */
export function createTokenCheck(tokens: readonly string[]): (header: string | undefined) => boolean {
  const known = tokens.map(digestOf);
  return (header) => known.length === 0 || isKnown(known, header);
}

function isOpen(path: string): boolean {
  return OPEN_PATHS.has(path) || path.startsWith('/docs/');
}

/** Digests have one length and every known one is compared: the time taken tells nothing about any token. */
function isKnown(known: readonly Buffer[], header: string | undefined): boolean {
  const given = digestOf(/^bearer +(.+)$/i.exec(header ?? '')?.[1]?.trim() ?? '');
  return known.reduce((found, token) => timingSafeEqual(token, given) || found, false);
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
