import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

/** How long a browser may remember what it was allowed. */
const MAX_AGE_SECONDS = 600;

/**
 * Lets pages of these origins call the API and read what it answers; all others are treated as if there were no such
 * thing, and so is everybody where no origin is configured. Callers bring their token themselves: no cookie counts.
 */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
  const known = new Set(origins);
  const allow = cors({
    origin: (origin) => (known.has(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: [
      ...['authorization', 'content-type', 'accept', 'prefer', 'if-none-match', 'last-event-id'],
      ...['mcp-protocol-version', 'mcp-session-id'],
    ],
    exposeHeaders: [
      ...['location', 'etag', 'retry-after', 'preference-applied', 'www-authenticate'],
      ...['mcp-session-id'],
    ],
    maxAge: MAX_AGE_SECONDS,
  });
  return async (c, next) => {
    if (known.size === 0) return next();
    if (known.has(c.req.header('origin') ?? '')) return allow(c, next);
    await next();
    // What is answered to one origin must not be given to another by a cache between.
    c.header('vary', 'Origin', { append: true });
  };
}
