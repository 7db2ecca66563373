import { PrecedentError } from '../domain/errors.ts';
import type { Clock, Post, PostReply } from '../ports.ts';
import { startDeadline } from './deadline.ts';
import { describeNetworkFailure } from './network-failure.ts';
import { readRetryAfter } from './retry-after.ts';

/** As long as Standard Webhooks advises to wait for a receiver. */
const TIMEOUT_MS = 15_000;

/** Posts JSON by `fetch`. Its errors name the host, never the path or the query, which may hold a secret. */
export function createFetchPost({ now, timeoutMs = TIMEOUT_MS }: { now: Clock; timeoutMs?: number }): Post {
  return async (url, { headers, body }, signal) => {
    using deadline = startDeadline(timeoutMs, signal);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'precedent', ...headers },
        body,
        // Followed, it would take what is told to wherever a receiver points.
        redirect: 'manual',
        signal: deadline.signal,
      });
      // Nothing of the answer is read; a connection that is gone already has nothing to cancel.
      await response.body?.cancel().catch(() => {});
      return toReply(response, now());
    } catch (error) {
      const why = deadline.isOver() ? `it took longer than ${timeoutMs / 1_000} s` : describeNetworkFailure(error);
      throw new PrecedentError('destination-unavailable', `${new URL(url).host} did not answer: ${why}`);
    }
  };
}

function toReply({ status, headers }: Response, now: Date): PostReply {
  const retryAfterMs = readRetryAfter(headers, now);
  return { status, ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1_000) }) };
}
