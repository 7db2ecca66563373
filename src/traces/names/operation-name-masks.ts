/** What stands in a name where a value stood. Every pattern is bounded, so that a hostile name costs no more than a long one. */

type Kept = 'path' | 'host';

const URL = /(?<![A-Za-z0-9])(?:jdbc:)?[a-z][a-z0-9+.-]{0,20}:\/\/([^\s"'`<>]*)/gi;

/** `https://user:key@shop.example.com:8080/orders?x=1#top` → `/orders`, or its host. */
export function maskUrls(text: string, kept: Kept = 'path'): string {
  return text.replace(URL, (url: string, rest: string) => {
    const [location = ''] = rest.split(/[?#]/, 1);
    const slash = location.indexOf('/');
    if (kept === 'path' || url !== text) return slash < 0 ? '/' : location.slice(slash);
    const authority = slash < 0 ? location : location.slice(0, slash);
    return authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d+$/, '') || '{host}';
  });
}

/** A name that says secret, and behind it the value. */
const NAMED_SECRET =
  /(?<![A-Za-z0-9])(pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|private)[-_ ]?key)(["'`*_]{0,3}\s?[:=|]\s?| is )(?!\{)[^\s,;]+/gi;
const SECRET_OPTION = /(?<!\S)(--[\w-]{0,30}(?:password|secret|token|key))\s(?![-{])\S+/gi;
const AUTHORIZATION = /\b(bearer|basic)\s+(?!\{)[\w+/=.~-]{6,}/gi;
const QUOTED = /(?<![\p{L}\p{N}])(?:'[^']{1,2000}'|"[^"]{1,2000}")/gu;
const JSON_TAIL = /[{[]\s?["'].*$/;
/** `key=value`, with a value that is no placeholder already. */
const PAIR = /(?<![\p{L}\p{N}_.-])([\p{L}_][\p{L}\p{N}_.-]{0,63}=)(?!\{|=|>)[^\s&,;)]+/gu;

/** Values that stand behind their name or between quotes. */
export function maskPairs(text: string): string {
  return text
    .replace(AUTHORIZATION, '$1 {token}')
    .replace(JSON_TAIL, '{value}')
    .replace(QUOTED, '{value}')
    .replace(NAMED_SECRET, '$1$2{token}')
    .replace(SECRET_OPTION, '$1 {token}')
    .replace(PAIR, '$1{value}');
}

const EMAIL =
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,6}\p{L}{2,24}(?![\p{L}\p{N}])/gu;
const LOGIN = /(?<![^\s/])[^\s/:@]{1,64}:[^\s/@]{1,128}@(?=[\p{L}\p{N}])/gu;
const IPV4 = /(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.-])/g;
const IPV6 = /(?<![\w:.])\[?(?=[\da-f:]{0,40}\d)[\da-f]{0,4}(?::[\da-f]{0,4}){3,8}\]?(?::\d{1,5})?(?![\w:])/gi;

/** Of people and of machines. */
export function maskAddresses(text: string, which: 'all' | 'emails' = 'all'): string {
  const masked = text.replace(LOGIN, '{token}@').replace(EMAIL, '{email}');
  return which === 'emails' ? masked : masked.replace(IPV4, '{ip}').replace(IPV6, '{ip}');
}

/** Words with a slash are paths; a template's own placeholders in them stay. */
export function maskPaths(text: string): string {
  return text.replace(/\S+/g, (word) => {
    if (!word.includes('/')) return word;
    const query = word.search(word.startsWith('/') ? /[?#;]/ : /[?;]/);
    const path = query < 0 ? word : word.slice(0, query);
    return path.split('/').map(maskSegment).join('/');
  });
}

function maskSegment(segment: string): string {
  if (/^\d+$/.test(segment) || /%[0-9A-Fa-f]{2}/.test(segment) || isIdSegment(segment)) return '{id}';
  return segment.replace(/^\d+(?=\.[a-z]{2,5}$)/, '{id}').replace(/(?<=[\p{L}}][-_])\d{2,}$/u, '{id}');
}

/** Shorter ones than elsewhere, for a path is where ids stand: `OLB7ESPC2Z`, `9f8a7b6`. Words with a number at their end are names. */
function isIdSegment(segment: string): boolean {
  if (!/^[A-Za-z0-9_-]+$/.test(segment) || !/\d/.test(segment)) return false;
  if (/^[0-9a-f]{7,}$/.test(segment)) return countGroups(segment) >= 2;
  if (segment.length >= 16) return !segment.split(/[-_]/).every(isPlainPart);
  if (segment.length < 8 || /[-_]/.test(segment) || /^[A-Za-z]{2,}\d{1,4}$/.test(segment)) return false;
  return !/[a-z]/.test(segment) || countGroups(segment) >= 2;
}

const UUID = /(?<![0-9A-Za-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9A-Za-z])/gi;
const BLOB = /(?<![\w+/=-])[\w+/=-]{24,}(?![\w+/=-])/g;
const WORD = /[A-Za-z0-9_-]{16,}/g;
/** `cart:17` as key-value stores write it; the port of a host is none. */
const KEY_ID = /(?<!\S)((?!localhost)[\p{L}_][\p{L}\p{N}_:-]{0,100}:)(?:\d+|(?=[a-f]*\d)[0-9a-f]{8,})(?![^\s:])/gu;
const LONG_NUMBER = /(?<![\d.])\d{5,}(?!\.?\d)/g;

/** Long irregular words are keys and ids, whatever else they are: no list of makes is ever complete. */
export function maskWords(text: string, which: 'all' | 'secrets' = 'all'): string {
  const masked = text
    .replace(UUID, '{id}')
    .replace(BLOB, (blob) => (isBlob(blob) ? '{token}' : blob))
    .replace(WORD, maskWord);
  if (which === 'secrets') return masked;
  return masked.replace(LONG_NUMBER, '{id}').replace(KEY_ID, '$1{id}');
}

/** A run of parts that are no words is one value, should it be long enough. */
function maskWord(word: string): string {
  const pieces = word.split(/([-_]+)/);
  let masked = '';
  for (let at = 0; at < pieces.length; ) {
    let end = at;
    while (end < pieces.length && (end % 2 === 1 || !isPlainPart(pieces[end] ?? ''))) end++;
    const run = pieces.slice(at, end).join('');
    masked += nameRun(run) + (pieces[end] ?? '');
    at = end + 1;
  }
  return masked;
}

function nameRun(run: string): string {
  const values = run.split(/[-_]+/).filter((part) => part !== '');
  if (values.join('').length < 16) return run;
  const isHex = values.every((part) => /^[0-9a-f]+$/i.test(part));
  const [first = '', last = ''] = [values[0], values.at(-1)];
  const mask = isHex ? '{id}' : '{token}';
  return `${run.slice(0, run.indexOf(first))}${mask}${run.slice(run.lastIndexOf(last) + last.length)}`;
}

function isBlob(blob: string): boolean {
  const slashes = countMatches(blob, /\//g);
  if (slashes > 0 && (blob.length < 32 || slashes > blob.length / 12)) return false;
  const isVaried = /[A-Z]/.test(blob) && /[a-z]/.test(blob) && /\d/.test(blob);
  return isVaried && !/[-_]/.test(blob) && meanChunk(blob) <= 2.8;
}

/**
 * Could somebody have made this up as (a part of) a name? Letters that change case as words do, and few numbers, at the
 * end or between words.
 */
function isPlainPart(part: string): boolean {
  if (/^(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{16,}$/i.test(part)) return false;
  if (part.length <= 4 && /^(?:\d+|[a-z]+\d*|[A-Z]+\d*)$/.test(part)) return true;
  if (!/\d/.test(part))
    return part.length < 16 ? meanChunk(part) >= 1.5 : meanChunk(part) >= 3 && longestChunk(part) < 40;
  if (/^[A-Za-z]{2,}\d{1,4}$/.test(part)) return meanChunk(part) >= 2;
  if (part.length < 16) return countGroups(part) === 1 && meanChunk(part) >= 2.5;
  return /[a-z]/.test(part) && countGroups(part) <= 2 && meanChunk(part) >= 3;
}

/** A capital begins the word behind it; digits are words of their own. */
const CHUNK = /[A-Z]*[a-z]+|[A-Z]+|\d+/g;

function meanChunk(part: string): number {
  return part.length / Math.max(1, countMatches(part, CHUNK));
}

function longestChunk(part: string): number {
  return Math.max(0, ...(part.match(CHUNK) ?? []).map((chunk) => chunk.length));
}

function countGroups(part: string): number {
  return countMatches(part, /\d+/g);
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
