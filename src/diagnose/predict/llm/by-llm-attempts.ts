import { isPrecedentError, messageOf } from '../../../domain/errors.ts';
import { type Attempt, attemptsOf } from '../../../domain/model-failure.ts';

const MAX_REASON = 300;

/** Why a model gave nothing: every endpoint that was tried, where a pool tells them, else the error in words. */
export function listFailures(error: unknown, model: string): readonly Attempt[] {
  const tried = attemptsOf(error);
  return tried.length > 0 ? tried : [{ model, reason: reasonOf(error) }];
}

/** Many answers to one question fail alike: each reason once, with how often, in the order of the first. */
export function countAlike(attempts: readonly Attempt[]): Attempt[] {
  const times = new Map<string, { readonly attempt: Attempt; count: number }>();
  for (const attempt of attempts) {
    const key = JSON.stringify([attempt.model, attempt.reason]);
    const known = times.get(key);
    if (known) known.count++;
    else times.set(key, { attempt, count: 1 });
  }
  return [...times.values()].map(({ attempt: { model, reason }, count }) => ({
    model,
    reason: count === 1 ? reason : `${reason} (${count} times)`,
  }));
}

/** Ours are worded for the caller; what a driver throws unexpectedly may quote the request that it made. */
function reasonOf(error: unknown): string {
  if (isPrecedentError(error)) return error.message;
  if (error instanceof DOMException) return LATE;
  return `an unexpected error: ${withoutSecrets(messageOf(error).slice(0, 4 * MAX_REASON)).slice(0, MAX_REASON)}`;
}

/** A signal that fired tells no more than that. */
export const LATE = 'no answer within the time given to the LLM';

/** Credentials and queries of URLs, what follows an authorisation scheme, and every word long enough to be a key. */
function withoutSecrets(text: string): string {
  return text
    .replace(/\/\/[^/\s@]*@/g, '//***@')
    .replace(/\?\S+=\S*/g, '?***')
    .replace(/\b(bearer|basic)\s+\S+/gi, '$1 ***')
    .replace(/\b(?:sk|key|token)[-_][\w-]+/gi, '***')
    .replace(/(?=[\w+=-]*\d)[\w+=-]{20,}/g, '***');
}
