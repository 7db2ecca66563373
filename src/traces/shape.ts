import type { z } from 'zod';
import { PrecedentError, type Problem } from '../domain/errors.ts';

/** A window of a hundred thousand bad spans needs one page of problems, not a hundred thousand. */
const MAX_PROBLEMS = 20;
/** A tag's name may be as long as the body; its beginning tells which one it is. */
const MAX_SEGMENT = 100;
const ID_KEYS = ['spanID', 'spanId', 'id'] as const;

/** Reads a body by a vendor's schema, or throws `trace-invalid` whose problems name the span each mistake sits in. */
export function readShape<Schema extends z.ZodType>(schema: Schema, body: unknown, format: string): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, MAX_PROBLEMS)
    .map((issue) => toProblem(body, issue.path, issue.message));
  throw invalidTraces(`the ${format} traces cannot be read`, problems);
}

export function invalidTraces(summary: string, problems: readonly Problem[]): PrecedentError {
  const first = problems[0];
  const detail = first ? `: ${first.path}: ${first.message}` : '';
  return new PrecedentError('trace-invalid', `${summary}${detail}`, { problems: problems.slice(0, MAX_PROBLEMS) });
}

function toProblem(body: unknown, path: readonly PropertyKey[], message: string): Problem {
  const spanId = spanIdAlong(body, path);
  const where = path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key).slice(0, MAX_SEGMENT)}`),
    '',
  );
  return { path: where.replace(/^\./, '') || '(body)', message: spanId ? `span ${spanId}: ${message}` : message };
}

/** The id of the innermost thing with an id on the way to `path`. */
function spanIdAlong(body: unknown, path: readonly PropertyKey[]): string | undefined {
  let at = body;
  let found: string | undefined;
  for (const key of path) {
    at = propertyOf(at, key);
    for (const idKey of ID_KEYS) {
      const id = propertyOf(at, idKey);
      if (typeof id === 'string') found = id.slice(0, 64);
    }
  }
  return found;
}

function propertyOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
