import { setTimeout as sleep } from 'node:timers/promises';
import { startDeadline } from '../adapters/deadline.ts';
import { isPrecedentError, PrecedentError } from '../domain/errors.ts';
import type { Post, PostReply } from '../ports.ts';

export interface ResponsePostParts {
  readonly post: Post;
  /** The only place that is posted to. */
  readonly slackOrigin: string;
  /** Before the second attempt, and before the third. */
  readonly pausesMs?: readonly number[];
}

/** Posts a message to the address at which Slack waits for it. */
export type ResponsePost = (url: string, message: object, stopping: AbortSignal) => Promise<void>;

const PAUSES_MS = [500, 2_000];
const ATTEMPT_MS = 5_000;
const LONGEST_PAUSE_MS = 10_000;

/** Whether Slack gave out this address. Anything else would make of a signed request a way into the network. */
export function isResponseUrl(url: string, slackOrigin: string): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, username, password } = new URL(url);
  return origin === slackOrigin && username === '' && password === '';
}

/** Tried again where that can help, and not once the process stops. Throws `destination-unavailable`. */
export function createResponsePost({ post, slackOrigin, pausesMs = PAUSES_MS }: ResponsePostParts): ResponsePost {
  return async (url, message, stopping) => {
    if (!isResponseUrl(url, slackOrigin)) throw new PrecedentError('input-invalid', `only ${slackOrigin} is posted to`);
    for (let attempt = 0; ; attempt++) {
      const reply = await attemptOnce(post, url, message);
      if ('status' in reply && reply.status < 300) return;
      const pauseMs = pausesMs[attempt];
      if (pauseMs === undefined || !mayHelp(reply) || stopping.aborted) throw failureOf(reply);
      await sleep(pauseOf(reply, pauseMs), undefined, { signal: stopping }).catch(() => {});
    }
  };
}

type Attempt = PostReply | { readonly error: PrecedentError };

/** Its time is its own: what is said last is said although the process stops. */
async function attemptOnce(post: Post, url: string, message: object): Promise<Attempt> {
  using deadline = startDeadline(ATTEMPT_MS);
  try {
    return await post(url, { headers: {}, body: JSON.stringify(message) }, deadline.signal);
  } catch (error) {
    if (isPrecedentError(error, 'destination-unavailable')) return { error };
    throw error;
  }
}

function mayHelp(reply: Attempt): boolean {
  return 'error' in reply || reply.status >= 500 || reply.status === 429;
}

function pauseOf(reply: Attempt, pauseMs: number): number {
  const askedMs = 'error' in reply ? 0 : (reply.retryAfterSeconds ?? 0) * 1_000;
  return Math.min(LONGEST_PAUSE_MS, Math.max(pauseMs, askedMs));
}

/** By the status alone: the address lets anybody write who has it. */
function failureOf(reply: Attempt): PrecedentError {
  return 'error' in reply
    ? reply.error
    : new PrecedentError('destination-unavailable', `Slack answered ${reply.status} to what it was told`);
}
