import { isPrecedentError } from '../../domain/errors.ts';
import { ModelFailure, type ModelFailureKind } from '../../domain/model-failure.ts';
import type { Tokens } from './budget.ts';

/** Ours are worded for the caller; what else a driver throws may quote the request that it made. */
export function toFailure(error: unknown, name: string, signal: AbortSignal): ModelFailure {
  if (error instanceof ModelFailure) return error;
  const gaveNone = (reason: string, kind: ModelFailureKind) =>
    new ModelFailure(`The LLM ${name} gave no answer: ${reason}.`, { kind });
  if (signal.aborted) return gaveNone(whyAborted(signal), 'cancelled');
  if (isPrecedentError(error)) return new ModelFailure(error.message, { kind: 'unusable' });
  return gaveNone(`an unexpected error (${error instanceof Error ? error.name : typeof error})`, 'unusable');
}

/** Why whoever asked waits no longer, as a clause. */
export function whyAborted(signal: AbortSignal): string {
  return isLate(signal) ? 'the deadline has passed' : 'the request was cancelled';
}

function isLate({ reason }: AbortSignal): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError';
}

export interface CallTime {
  readonly ms: number;
  /** What the endpoint is given for one request. */
  readonly timeoutMs: number;
}

/**
 * What the failure says of the endpoint. The caller's deadline often ends what the endpoint's own time would have ended,
 * and would hide one that hangs; one that was asked late, with little time left, has done nothing wrong.
 */
export function kindOf({ kind }: ModelFailure, { ms, timeoutMs }: CallTime, signal: AbortSignal): ModelFailureKind {
  return kind === 'cancelled' && isLate(signal) && ms >= timeoutMs / 2 ? 'timeout' : kind;
}

/** The endpoint has at least read the prompt, and may ask to be paid for it; it turned the others away unread. */
const MAY_BE_BILLED: ReadonlySet<ModelFailureKind> = new Set(['timeout', 'unusable', 'refused', 'cancelled']);

/** What a call without an answer has used. */
export function takenInVain({ kind, status, tokens }: ModelFailure, prompt: Tokens): Tokens {
  if (tokens) return tokens;
  return MAY_BE_BILLED.has(kind) && status === undefined ? prompt : { input: 0, output: 0 };
}
