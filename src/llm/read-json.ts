import { jsonrepair } from 'jsonrepair';

/** Only the end of a longer reply is read: nobody asked for a book, and the answer comes last. */
const MAX_LENGTH = 20_000;

/**
 * Every object that a model's reply may have meant, best first: what parses as it stands before what must be mended,
 * and the last before the first, since models think aloud and then answer. The caller's schema decides between them.
 */
export function* readJsonObjects(reply: string): Generator<object> {
  const text = withoutThinking(reply.slice(-MAX_LENGTH));
  const plain = withoutLinePrefixes(text);
  const passages = [...new Set([text, plain].flatMap(listPassages))];
  for (const passage of passages) yield* unwrap(parse(passage));
  for (const passage of passages) yield* unwrap(mend(passage) ?? mend(withSingleCommas(passage)));
}

/** Reasoning models think between tags; some servers swallow the opening one. */
function withoutThinking(text: string): string {
  if (!/<\/(?:think|thinking|reasoning|analysis)>/i.test(text)) return text;
  const answer = text
    .replace(/<(think|thinking|reasoning|analysis)>[\s\S]*?<\/\1>/gi, '')
    .replace(/^[\s\S]*<\/(?:think|thinking|reasoning|analysis)>/i, '');
  return answer.includes('{') ? answer : text;
}

/** As a quotation, a patch or a listing shows it: `> `, `+ `, `12: ` before every line. */
function withoutLinePrefixes(text: string): string {
  const lines = text.trim().split('\n');
  const prefix = [/^> ?/, /^\+ ?/, /^ {0,4}\d{1,4}[:|] ?/].find((each) => lines.every((line) => each.test(line)));
  return prefix ? lines.map((line) => line.replace(prefix, '')).join('\n') : text;
}

/** Where an object may stand: code fences, balanced braces, then all from the first brace on (when it was cut short). */
function listPassages(text: string): string[] {
  const fenced = [...text.matchAll(/```[\w-]*[ \t]*\n?([\s\S]*?)(?:```|$)/g)].map(([, inner = '']) => inner);
  const start = text.indexOf('{');
  const end = text.lastIndexOf('}');
  // Cut short, it may end in lists that the last brace does not reach: those are tried with it first.
  const outer = start < 0 ? [] : [text.slice(start), text.slice(start, end < start ? undefined : end + 1)];
  const passages = [...fenced.reverse(), ...listBalanced(text).reverse(), ...outer, text];
  return [...new Set(passages.map((passage) => passage.trim()))].filter((passage) => /[{\\]/.test(passage));
}

/** Outermost `{…}`, minding strings. One that never closes runs to the end, or each of its quotes would be tried. */
function listBalanced(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)|[{}]/gs)) {
    if (token === '{' && depth++ === 0) start = index;
    if (token === '}' && depth > 0 && --depth === 0) found.push(text.slice(start, index + 1));
  }
  return found;
}

function parse(passage: string): unknown {
  try {
    return JSON.parse(passage);
  } catch {
    return undefined;
  }
}

function mend(passage: string): unknown {
  const text = passage.includes('"') ? passage : passage.replaceAll('&quot;', '"');
  try {
    return JSON.parse(jsonrepair(text));
  } catch {
    return undefined;
  }
}

/** The one common slip that jsonrepair leaves alone. */
function withSingleCommas(passage: string): string {
  return passage.replace(/("(?:[^"\\]|\\.)*(?:"|\\?$))|,(?:\s*,)+/gs, (_, text: string | undefined) => text ?? ',');
}

/** The value and what it wraps: JSON in a string, lists, objects (`{"answer": {…}}`, `{"name": …, "arguments": {…}}`). */
function* unwrap(value: unknown, depth = 0): Generator<object> {
  if (depth > 3) return;
  if (typeof value === 'string' && value.includes('{')) yield* unwrap(parse(value) ?? mend(value), depth + 1);
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value;
  const inner = Object.values(value);
  if (inner.length === 1) yield* unwrap(inner[0], depth + 1);
  // Prose around an object makes the mender see a list of strings and the object. What is listed within an object is its own.
  else
    for (const item of inner)
      if (Array.isArray(value) ? isObject(item) : isWrapped(item)) yield* unwrap(item, depth + 1);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isWrapped(value: unknown): boolean {
  return typeof value === 'string' ? /^\s*\{/.test(value) : isObject(value) && !Array.isArray(value);
}
