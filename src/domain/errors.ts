/** Every way Precedent fails on purpose. The HTTP status and the exit code of each are decided in one place each. */
export type ErrorCode =
  | 'config-invalid'
  | 'input-invalid'
  | 'input-too-large'
  | 'trace-format-unknown'
  | 'trace-invalid'
  | 'traces-unavailable'
  | 'snapshot-expired'
  | 'knowledge-invalid'
  | 'knowledge-empty'
  | 'ingest-running'
  | 'index-empty'
  | 'index-model-mismatch'
  | 'index-unavailable'
  | 'model-missing'
  | 'model-corrupt'
  | 'embedder-unavailable'
  | 'reranker-unavailable'
  | 'llm-unavailable'
  | 'llm-answer-invalid'
  | 'casebook-unavailable'
  | 'port-in-use'
  | 'not-found'
  | 'diagnosis-not-done'
  | 'not-promotable'
  | 'filtered'
  | 'nothing-to-judge'
  | 'unauthorised'
  | 'forbidden'
  | 'rate-limited'
  | 'overloaded'
  | 'destination-unavailable'
  | 'identity-unavailable'
  | 'interrupted';

/** One mistake in an input: where (a JSON path, or `file:line`) and how to mend it. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'traces-unavailable',
  'index-unavailable',
  'embedder-unavailable',
  'reranker-unavailable',
  'llm-unavailable',
  'casebook-unavailable',
  'ingest-running',
  'overloaded',
  'rate-limited',
  'destination-unavailable',
  'identity-unavailable',
  'interrupted',
]);

/** An error that says what went wrong, how to mend it, and whether trying again can help. */
export class PrecedentError extends Error {
  override readonly name = 'PrecedentError';
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];
  /** When trying again can help, where that is known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; problems?: readonly Problem[]; retryAfterSeconds?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.problems = options.problems ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get isRetryable(): boolean {
    return RETRYABLE.has(this.code);
  }
}

export function isPrecedentError(error: unknown, code?: ErrorCode): error is PrecedentError {
  return error instanceof PrecedentError && (code === undefined || error.code === code);
}

/** The message of anything that was thrown, for logs, reports and reasons. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
