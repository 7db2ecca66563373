import { type ErrorCode, isPrecedentError, messageOf } from '../domain/errors.ts';
import { EXIT } from './context.ts';

/** Errors that neither a retry nor a better input mends; all others are one or the other. */
const BROKEN: ReadonlySet<ErrorCode> = new Set(['model-corrupt', 'llm-answer-invalid']);

/** Everything worked, and what was asked for is not there. */
const NOTHING: ReadonlySet<ErrorCode> = new Set(['not-found', 'snapshot-expired', 'nothing-to-judge']);

/** An error as sentences for a person, every problem on its own line, and the exit code that says what to do. */
export function explainFailure(error: unknown): { text: string; exitCode: number } {
  if (!isPrecedentError(error)) {
    const stack = error instanceof Error ? error.stack : undefined;
    return { text: `precedent: ${stack ?? messageOf(error)}\n`, exitCode: EXIT.broken };
  }
  const told = error.problems.filter(({ path, message }) => !error.message.includes(`${path}: ${message}`));
  const lines = [`precedent: ${error.message}`, ...told.map(({ path, message }) => `  ${path}: ${message}`)];
  return { text: `${lines.join('\n')}\n`, exitCode: exitCodeOf(error.code, error.isRetryable) };
}

function exitCodeOf(code: ErrorCode, isRetryable: boolean): number {
  if (NOTHING.has(code)) return EXIT.nothing;
  if (code === 'interrupted') return EXIT.interrupted;
  if (isRetryable) return EXIT.unavailable;
  return BROKEN.has(code) ? EXIT.broken : EXIT.badInput;
}
