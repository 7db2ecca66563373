import { type JsonValue, query } from 'jsonpath-rfc9535';

/** What nearly every path is: names one below the other, and places in lists. */
const PLAIN = /^\$(?:\.[A-Za-z_]\w*|\[\d{1,9}\])*$/;
const STEP = /\.([A-Za-z_]\w*)|\[(\d{1,9})\]/g;

/**
 * The first value at a path. Parsing a path takes longer than following it, and a delivery follows a dozen of them in each
 * of a thousand items, so plain ones are followed as they are written.
 */
export function findAt(document: JsonValue, path: string | undefined): JsonValue | undefined {
  if (path === undefined) return undefined;
  return PLAIN.test(path) ? follow(document, path) : query(document, path)[0];
}

function follow(document: JsonValue, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const [, name, at] of path.matchAll(STEP)) {
    if (name === undefined) value = Array.isArray(value) ? value[Number(at)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function isObject(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
