import type { z } from 'zod';
import { PrecedentError, type Problem } from './errors.ts';

/** A body of a hundred thousand mistakes needs one page of problems, not a hundred thousand. */
const MAX_PROBLEMS = 100;

/** A label's name may be as long as the body; its beginning tells which one it is. */
const MAX_SEGMENT = 100;

type Issue = z.core.$ZodIssue;

/** What `schema` makes of `value`, of unknown origin, or `input-invalid` with the path of every mistake. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw inputInvalid(result.error);
}

/** Zod's findings as `input-invalid`. Messages say what was expected, never what was sent. */
export function inputInvalid(error: { readonly issues: readonly Issue[] }): PrecedentError {
  const found = error.issues.flatMap((issue) => toProblems(issue, []));
  const problems = found.slice(0, MAX_PROBLEMS);
  const more = found.length > problems.length ? `; the first ${problems.length} are named` : '';
  const summary = found.length === 1 ? 'the request has a mistake' : `the request has ${found.length} mistakes${more}`;
  const first = problems[0];
  return new PrecedentError('input-invalid', first ? `${summary}: ${first.path}: ${first.message}` : summary, {
    problems,
  });
}

/** One issue is one problem, except where alternatives failed: then those of the alternative that came closest. */
function toProblems(issue: Issue, above: readonly PropertyKey[]): Problem[] {
  const path = [...above, ...issue.path];
  const closest = issue.code === 'invalid_union' ? closestAlternative(issue.errors) : undefined;
  if (closest) return closest.flatMap((inner) => toProblems(inner, path));
  return [{ path: formatPath(path), message: messageOf(issue) }];
}

function messageOf(issue: Issue): string {
  return issue.code === 'invalid_type' && issue.expected === 'nonoptional' ? 'is needed' : issue.message;
}

/** The alternative that got past its own outermost type, so that its mistakes lie deeper. */
function closestAlternative(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const deep = alternatives.filter((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0));
  return deep.length === 1 ? deep[0] : undefined;
}

/** `alerts[0].labels.severity`; the value itself is `(body)`. */
function formatPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${cut(String(key))}`)).join('');
  return text.replace(/^\./, '') || '(body)';
}

function cut(segment: string): string {
  return segment.length > MAX_SEGMENT ? `${segment.slice(0, MAX_SEGMENT)}…` : segment;
}
