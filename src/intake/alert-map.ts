import parse from 'jsonpath-rfc9535/parser';
import { z } from 'zod';
import { messageOf } from '../domain/errors.ts';

const MAX_PATH = 500;

/** A JSONPath (RFC 9535) of which every step looks at each part of a body once, so that no body makes it slow. */
const Path = z
  .string()
  .max(MAX_PATH, `must be at most ${MAX_PATH} characters`)
  .superRefine((path, context) => {
    const mistake = findPathMistake(path);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
  });

const Words = z.union([Path, z.record(z.string().min(1).max(200), Path)], {
  error: 'must be one JSONPath to an object, or a mapping of names to JSONPaths',
});

/**
 * Where a body that follows no convention has what: `intake.generic.map` of precedent.yaml. Paths are looked up in each
 * item of `alerts`, those of `commonLabels` in the whole body.
 */
export const AlertMap = z.strictObject({
  /** A list, or the items one by one; without it the body is one alert, or a list of them. */
  alerts: Path.optional(),
  alertname: Path,
  status: Path.optional(),
  /** Words of `status` that say it is over; every other word says it goes on. */
  resolvedValues: z.array(z.string().min(1)).min(1).default(['resolved', 'recovered', 'closed', 'ok']),
  labels: Words.optional(),
  commonLabels: z.record(z.string().min(1).max(200), Path).optional(),
  annotations: Words.optional(),
  /** RFC 3339, or a number of seconds, milliseconds, microseconds or nanoseconds since 1970. */
  startsAt: Path.optional(),
  endsAt: Path.optional(),
  fingerprint: Path.optional(),
  groupKey: Path.optional(),
  generatorURL: Path.optional(),
});
export type AlertMap = Readonly<z.infer<typeof AlertMap>>;

/** What is wrong with a path, or undefined. */
function findPathMistake(path: string): string | undefined {
  try {
    return findCostly(parse(path));
  } catch (error) {
    return `is no JSONPath such as $.labels.service: ${messageOf(error)}`;
  }
}

/**
 * Regular expressions, queries inside of filters that start at the top again, and several ways through one step can take
 * time out of all proportion to a body that anybody may send.
 */
function findCostly(tree: unknown): string | undefined {
  const nodes = [...listNodes(tree)];
  const count = (type: string): number => nodes.filter((node) => node['type'] === type).length;
  if (nodes.some(({ type, name }) => type === 'FunctionExpr' && name !== 'length'))
    return 'must use no function but length(): others can take for ever';
  if (count('DescendantSegment') > 1) return 'must use `..` at most once';
  if (count('FilterSelector') > 1) return 'must use one filter at most';
  if (count('JsonPathQuery') > 1) return 'must compare within a filter with single values only';
  if (nodes.some(({ selectors }) => Array.isArray(selectors) && selectors.length > 1))
    return 'must choose one thing in each step';
  return undefined;
}

function* listNodes(tree: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (Array.isArray(tree)) for (const item of tree) yield* listNodes(item);
  else if (typeof tree === 'object' && tree !== null) {
    yield { ...tree };
    for (const child of Object.values(tree)) yield* listNodes(child);
  }
}
