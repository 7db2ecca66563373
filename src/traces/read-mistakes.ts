import { isPrecedentError, PrecedentError } from '../domain/errors.ts';

/** Errors about what a window holds; all others say by themselves where in the body they are. */
const OF_WINDOW: ReadonlySet<PrecedentError['code']> = new Set([
  'trace-format-unknown',
  'trace-invalid',
  'input-too-large',
]);

const BODY = '(body)';
const OPENERS: ReadonlySet<string> = new Set(['{', '[']);

/** What went wrong in a window, with its place in the body: there may be two. */
export function explainWindow(error: unknown, place: readonly string[]): unknown {
  return isPrecedentError(error) && OF_WINDOW.has(error.code) ? prefix(error, place.join('.')) : error;
}

/** What went wrong in the first of several documents; the others are numbered where they are read. */
export function explainDocument(error: unknown, document: string): unknown {
  return isPrecedentError(error, 'trace-format-unknown') ? prefix(error, document) : error;
}

/** What is no JSON at all tells by its first byte what it may be. */
export function explainBody(error: unknown, first: number | undefined): unknown {
  if (!isPrecedentError(error, 'input-invalid') || first === undefined) return error;
  const character = String.fromCharCode(first);
  if (OPENERS.has(character) || !error.message.startsWith('the body is not JSON')) return error;
  const hint = character === '<' ? 'this looks like an HTML page' : 'this looks like CSV or other text';
  const message = error.message.replace('the body is not JSON', `the body is not JSON (${hint})`);
  return new PrecedentError(error.code, message, { cause: error, problems: error.problems });
}

function prefix(error: PrecedentError, place: string): PrecedentError {
  const problems = error.problems.map(({ path, message }) => ({ path: joinPlace(place, path), message }));
  return new PrecedentError(error.code, `${place}: ${error.message}`, { cause: error, problems });
}

function joinPlace(place: string, path: string): string {
  if (path === BODY) return place;
  if (path.startsWith('span ')) return `${place}: ${path}`;
  return path.startsWith('[') ? `${place}${path}` : `${place}.${path}`;
}
