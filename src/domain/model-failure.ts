import { z } from 'zod';
import { PrecedentError } from './errors.ts';

/** What a chat model's endpoint failed of. What follows from each is decided where endpoints are chosen. */
export const ModelFailureKind = z.enum([
  /** Too many requests for now. */
  'rate-limit',
  /** What was paid for, or allowed, is used up. */
  'quota',
  'server',
  'network',
  'timeout',
  /** What came back is no chat completion: a web page, half of a document. */
  'unusable',
  'auth',
  /** It does not know the model, or the path. */
  'not-found',
  /** It would not answer this request: turned down, filtered, or an empty message. */
  'refused',
  /** The prompt is longer than the model can read. */
  'context',
  /** Whoever asked has gone, or has no more time. */
  'cancelled',
  /** It was not asked at all. */
  'not-asked',
]);
export type ModelFailureKind = z.infer<typeof ModelFailureKind>;

/** A try that came to nothing, for the provenance of what came after. */
export interface Attempt {
  readonly model: string;
  readonly reason: string;
}

export interface ModelFailureDetails {
  readonly kind: ModelFailureKind;
  /** Of HTTP, where it came so far. */
  readonly status?: number | undefined;
  /** What the endpoint itself said. */
  readonly retryAfterMs?: number | undefined;
  /** What a reply that is of no use has cost all the same. */
  readonly tokens?: { readonly input: number; readonly output: number } | undefined;
  /** The same in money, where the endpoint has a price. */
  readonly cost?: number | undefined;
  readonly attempts?: readonly Attempt[] | undefined;
}

/** `llm-unavailable` that can be told apart without reading its prose. */
export class ModelFailure extends PrecedentError {
  readonly kind: ModelFailureKind;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly tokens: ModelFailureDetails['tokens'];
  readonly cost: number | undefined;
  /** Every endpoint that was tried or passed over; empty when there was but one and this is its own failure. */
  readonly attempts: readonly Attempt[];

  constructor(message: string, { kind, status, retryAfterMs, tokens, cost, attempts = [] }: ModelFailureDetails) {
    super('llm-unavailable', message);
    this.kind = kind;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.tokens = tokens;
    this.cost = cost;
    this.attempts = attempts;
  }
}

/** What was tried before `error` was thrown; none when it does not say. */
export function attemptsOf(error: unknown): readonly Attempt[] {
  return error instanceof ModelFailure ? error.attempts : [];
}
