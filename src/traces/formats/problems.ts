import { PrecedentError, type Problem } from '../../domain/errors.ts';

/** A window of a hundred thousand bad spans needs one page of problems, not a hundred thousand. */
export const MAX_PROBLEMS = 20;
/** Enough of an id to find the span by. */
const MAX_ID = 64;

export function invalidTraces(summary: string, problems: readonly Problem[]): PrecedentError {
  const first = problems[0];
  const detail = first ? `: ${first.path}: ${first.message}` : '';
  return new PrecedentError('trace-invalid', `${summary}${detail}`, { problems: problems.slice(0, MAX_PROBLEMS) });
}

/** An id as a message shows it: its beginning, and nothing that could speak. */
export function showId(id: string): string {
  return id.slice(0, MAX_ID).replace(/[^\w:./+=-]/g, '?');
}

/** Names what a value is without a word of what it holds. */
export function describeType(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value === '' ? 'empty text' : 'text';
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : 'a number out of range';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : 'true or false';
}
