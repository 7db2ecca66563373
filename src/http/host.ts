import type { MiddlewareHandler } from 'hono';
import { isLoopback } from '../config.ts';
import { HttpError } from './problem.ts';

/**
 * A server that trusts everybody on this machine must be spoken to as this machine. A web page elsewhere can point its
 * own name at 127.0.0.1 (DNS rebinding) and read what comes back; its requests still carry that name.
 */
export function spokenToAsLoopback(isGuarded: boolean): MiddlewareHandler {
  return async (c, next) => {
    const host = new URL(c.req.url).hostname.replace(/^\[|\]$/g, '');
    if (isGuarded && !isLoopback(host)) {
      throw new HttpError('misdirected', 'without API_TOKENS this server answers to 127.0.0.1, ::1 and localhost only');
    }
    await next();
  };
}
