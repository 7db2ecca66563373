import type { MiddlewareHandler } from 'hono';
import { isLoopback } from '../config.ts';
import { PrecedentError } from '../domain/errors.ts';
import { HttpError } from './problem.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A server that trusts everybody on this machine must be spoken to as this machine. A web page elsewhere can point its
 * own name at 127.0.0.1 (DNS rebinding) and read what comes back; its requests still carry that name. And it can post
 * without reading; its requests still carry its origin.
 */
export function spokenToAsLoopback(
  isTrusting: () => Promise<boolean>,
  origins: readonly string[] = [],
): MiddlewareHandler {
  return async (c, next) => {
    const host = hostOf(c.req.url);
    const origin = c.req.header('origin');
    const isForeign = origin !== undefined && !isLoopback(hostOf(origin)) && !origins.includes(origin);
    if (!isLoopback(host) || isForeign) {
      // Where it cannot be told, whoever asks is asked who they are: that is the authorisation's to refuse.
      if (await isTrusting().catch(() => false)) {
        if (!isLoopback(host)) throw misdirected();
        if (!READING.has(c.req.method)) throw foreignPage();
      }
    }
    await next();
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
}

function misdirected(): HttpError {
  const detail = 'as long as no token is needed this server answers to 127.0.0.1, ::1 and localhost only';
  return new HttpError('misdirected', detail);
}

function foreignPage(): PrecedentError {
  const detail =
    'as long as no token is needed no page of another site may change anything: set CORS_ORIGINS for yours';
  return new PrecedentError('forbidden', detail);
}
