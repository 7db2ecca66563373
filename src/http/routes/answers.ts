import type { z } from '@hono/zod-openapi';
import { PROBLEM_MEDIA_TYPE, ProblemDetails } from '../problem.ts';

/** An answer by the name its schema has in the document. */
export function jsonAnswer<Schema extends z.ZodType>(description: string, name: string, schema: Schema) {
  return { description, content: { 'application/json': { schema: named(name, schema) } } };
}

/** Schemas that were made before `@hono/zod-openapi` was imported lack its methods; their clones have them. */
export function named<Schema extends z.ZodType>(name: string, schema: Schema): Schema {
  return schema.clone().openapi(name);
}

/** A body by the name of its schema. `readBody` validates it: it can say where malformed JSON is, and bounds its size. */
export function jsonBody(name: string) {
  return {
    required: true,
    description: 'JSON in UTF-8, at most `MAX_BODY_BYTES`; may be sent with `Content-Encoding: gzip`.',
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
  };
}

const PROBLEMS = {
  400: 'The request is not valid; `errors` names every mistake.',
  401: 'A valid bearer token is needed.',
  403: 'The token is for other things.',
  404: 'Nothing has this id.',
  409: 'It is not yet, or no more, in a state for this.',
  410: 'It was kept, and is kept no longer.',
  413: 'The body is larger than `MAX_BODY_BYTES`, as sent or after inflation.',
  415: 'The body is not JSON in UTF-8, or is encoded other than with gzip.',
  429: 'More was sent than may be in a minute; `Retry-After` says when to come again.',
  500: 'Unexpected error.',
  503: 'A dependency is away; `Retry-After` says when to try again if that can help.',
} as const;

type ProblemStatus = keyof typeof PROBLEMS;

const BODY_PROBLEMS = [400, 401, 413, 415, 500, 503] as const;

/** The problems a route with a body may answer with, and those of `more`. */
export function bodyProblems(...more: readonly ProblemStatus[]) {
  return problems(...BODY_PROBLEMS, ...more);
}

/** The problems a route may answer with. */
export function problems(...statuses: readonly ProblemStatus[]) {
  const content = { [PROBLEM_MEDIA_TYPE]: { schema: named('ProblemDetails', ProblemDetails) } };
  // Whoever must say who they are may be known, and still not be meant.
  const all = statuses.includes(401) ? new Set([...statuses, 403 as const]) : statuses;
  return Object.fromEntries([...all].map((status) => [status, { description: PROBLEMS[status], content }]));
}
