import { z } from 'zod';

/**
 * Senders cannot mend their payload, so what is too long is cut, and what has another type than text counts as its text or
 * as absent. A label's value is a name or a short text; an annotation is a paragraph or a page.
 */
const MAX_NAME = 200;
const MAX_LABEL = 4_096;
const MAX_ANNOTATION = 20_000;
const MAX_URL = 2_000;
const MAX_LABELS = 200;

/** Half of a pair of code units is no text for anything that stores or sends UTF-8, and NUL ends a text for some. */
const UNWRITABLE = /[\p{Surrogate}\0]/gu;

/** Quick to look for, and hardly any text has one: then it is looked at closely. */
const SUSPICIOUS = /[\0\ud800-\udfff]/;

/** A text, number or truth value as text without spaces around it; everything else, and the empty text, is absent. */
export function toText(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  // Cut twice: a text of megabytes is not searched for what is cut off anyway.
  const text = String(value)
    .slice(0, 2 * max)
    .trim()
    .slice(0, max);
  if (text === '') return undefined;
  return SUSPICIOUS.test(text) ? text.replace(UNWRITABLE, '\uFFFD') : text;
}

export const toLabelValue = (value: unknown): string | undefined => toText(value, MAX_LABEL);
export const toAnnotationValue = (value: unknown): string | undefined => toText(value, MAX_ANNOTATION);

/** Only what a browser may open; anything may stand where a URL is expected. */
export function toUrl(value: unknown): string | undefined {
  const text = toText(value, MAX_URL);
  return text !== undefined && /^https?:\/\//i.test(text) ? text : undefined;
}

/** The entries of an object that are words; a list of them counts as one text. */
function readWords(value: unknown, toValue: (value: unknown) => string | undefined): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const entries = Object.entries(value).slice(0, MAX_LABELS);
  return Object.fromEntries(
    entries.flatMap(([key, given]) => {
      const name = toText(key, MAX_NAME);
      const word = Array.isArray(given) ? joinTexts(given, toValue) : toValue(given);
      return name === undefined || word === undefined ? [] : [[name, word] as const];
    }),
  );
}

/** `['a', 1]` as `a, 1`. */
export function joinTexts(
  list: readonly unknown[],
  toValue: (value: unknown) => string | undefined = toLabelValue,
): string | undefined {
  return toValue(
    list
      .slice(0, MAX_LABELS)
      .flatMap((item) => toValue(item) ?? [])
      .join(', '),
  );
}

export function readLabels(value: unknown): Record<string, string> {
  return readWords(value, toLabelValue);
}

export function readAnnotations(value: unknown): Record<string, string> {
  return readWords(value, toAnnotationValue);
}

/** The fields that are there. */
export function present(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

export const Word = z.unknown().optional().transform(toLabelValue);
export const Prose = z.unknown().optional().transform(toAnnotationValue);
export const Url = z.unknown().optional().transform(toUrl);
export const Labels = z.unknown().optional().transform(readLabels);
export const Annotations = z.unknown().optional().transform(readAnnotations);

/** A list of which as many are looked at as end up in one text; absent where there is none, or one of it is odd. */
export function fewOf<Item extends z.ZodType>(item: Item) {
  const few = z.preprocess((list) => (Array.isArray(list) ? list.slice(0, MAX_LABELS) : list), z.array(item));
  return few.nullish().catch(undefined);
}
