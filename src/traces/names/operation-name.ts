import { maskAddresses, maskPairs, maskPaths, maskUrls, maskWords } from './operation-name-masks.ts';
import { maskSql } from './operation-name-sql.ts';

/**
 * Names in telemetry are anybody's text, and many hold what differs from request to request: ids, queries, whole
 * statements, sometimes a key. What is left here is the name of a thing that happens again and again, on one bounded
 * line: without that (service, operation) would be no unit to count, and secrets would travel as names.
 */
const MAX_OPERATION = 120;
const MAX_SERVICE = 100;
/** A name is no sentence: of what has more words than this, the first tell as much. */
const MAX_WORDS = 12;
/** Nothing behind this is looked at; statements may be long, and their table stands late. */
const MAX_READ = 2_000;
/** One mask can uncover what another one is for; what does not settle is not worth showing. */
const MAX_ROUNDS = 6;

/** What is spoken of stays, ids and values go: `GET /orders/17?x=1` → `GET /orders/{id}`. Applied twice it changes nothing more. */
export function toOperationName(raw: string): string {
  return settle(raw, 'unknown-operation', (text) => bound(readOperation(text), MAX_OPERATION));
}

/** As it is written, but for URLs, of which the host stays, and for secrets. */
export function toServiceName(raw: string): string {
  return settle(raw, 'unknown-service', (text) => bound(readService(text), MAX_SERVICE));
}

function readOperation(text: string): string {
  return [maskSql, maskUrls, maskPairs, maskAddresses, maskPaths, maskWords].reduce((name, mask) => mask(name), text);
}

function readService(text: string): string {
  const named = maskUrls(maskSql(text), text.includes(' ') ? 'path' : 'host');
  const place = /[?%;]/.test(named) ? maskPaths(named) : named;
  return maskWords(maskAddresses(maskPairs(place), 'emails'), 'secrets');
}

function settle(raw: string, unknown: string, read: (text: string) => string): string {
  let name = clean(raw.slice(0, MAX_READ));
  if (PLAIN.test(name)) return name;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = clean(read(name));
    if (next === name) return name || unknown;
    name = next;
  }
  return unknown;
}

/** Most names: short words joined, in which nothing could be hidden. */
const PLAIN = /^[A-Za-z]{2,14}(?:[._-][A-Za-z]{2,14}){0,3}$/;

/** Control, format, private, unassigned and half characters; letters that show nothing; a Braille blank. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** More accents on one letter than any script needs run over the lines around it. */
const PILED_MARKS = /(\p{M}{2})\p{M}+/gu;

const TYPED = /^[!-~]+(?: [!-~]+)*$/;

/** One line; letters that look alike by width or style alone are written as the plain ones. */
function clean(text: string): string {
  if (TYPED.test(text)) return text;
  const line = text.replace(/\s+/g, ' ').replace(INVISIBLE, '');
  // The sign for what was cut stays as it is, so that cutting again cuts nothing.
  const plain = line.replace(/[^…]+/g, (part) => part.normalize('NFKC')).slice(0, MAX_READ);
  return plain.replace(INVISIBLE, '').replace(PILED_MARKS, '$1').replace(/\s+/g, ' ').trim();
}

/** Sentences lose their end, single words their middle: long class names differ at the end. */
function bound(text: string, most: number): string {
  const words = text.split(' ');
  const few = words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS).join(' ')}…` : text;
  if (few.length <= most) return few;
  const head = words.length > 1 ? most - 1 : Math.floor(most / 3);
  const tail = most - 1 - head;
  return `${few.slice(0, head)}…${tail === 0 ? '' : few.slice(-tail)}`;
}
