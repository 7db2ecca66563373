/** What a caller would rather have (RFC 7240), of what this API knows. */
export interface Preferences {
  /** An answer at once, and the diagnosis later; with `wait` only after so long. */
  readonly respondAsync: boolean;
  /** Seconds that the caller will wait. */
  readonly wait?: number;
}

/** Longer headers are nobody's preferences. */
const MAX_LENGTH = 1_000;

/** More digits than any caller has seconds. */
const WHOLE_SECONDS = /^\d{1,9}$/;

/** What is not understood is ignored, as preferences are; of one that is said twice, the first counts. */
export function readPreferences(header: string | undefined): Preferences {
  const preferences = new Map<string, string>();
  for (const item of splitOutsideQuotes((header ?? '').slice(0, MAX_LENGTH), ',')) {
    const [preference = ''] = splitOutsideQuotes(item, ';');
    const [name = '', value = ''] = splitOutsideQuotes(preference, '=').map((part) => part.trim());
    const key = name.toLowerCase();
    if (key !== '' && !preferences.has(key)) preferences.set(key, unquote(value));
  }
  const wait = preferences.get('wait') ?? '';
  return {
    respondAsync: preferences.has('respond-async'),
    ...(WHOLE_SECONDS.test(wait) ? { wait: Number(wait) } : {}),
  };
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = [''];
  let isQuoted = false;
  let isEscaped = false;
  for (const sign of text) {
    if (sign === '"' && !isEscaped) isQuoted = !isQuoted;
    isEscaped = isQuoted && sign === '\\' && !isEscaped;
    if (sign === separator && !isQuoted) parts.push('');
    else parts.push(parts.pop() + sign);
  }
  return parts;
}

function unquote(value: string): string {
  return value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
