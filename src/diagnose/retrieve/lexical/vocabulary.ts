import { tokenise } from '../tokenise.ts';
import { createTermTable, hashBySum, hashByXor, mix, type TermTable } from './term-table.ts';

/** Every term that was ever read, by number. */
export interface Vocabulary {
  readonly terms: TermTable;
  /**
   * The terms that `tokenise` finds from `start` up to `end`, as often as it finds them; their order is another. No word
   * may reach over either.
   */
  eachTerm(text: string, start: number, end: number, visit: (term: number) => void): void;
}

/** Words whose terms are kept, each until another takes its place: texts repeat their words, and `tokenise` is slow. */
const PLACES = 1 << 17;
const PLACE = 4;
const SEVERAL = -1;

export function createVocabulary(): Vocabulary {
  const terms = createTermTable();
  /** A word's two hashes (as in the table of terms) and the number of its only term, or `SEVERAL`. */
  const places = new Int32Array(PLACES * PLACE).fill(SEVERAL);
  const several: (readonly number[])[] = new Array(PLACES).fill([]);
  const learn = (word: string, number: number) => {
    const found = tokenise(word).map(terms.add);
    places[number * PLACE + 2] = found.length === 1 ? (found[0] ?? SEVERAL) : SEVERAL;
    several[number] = found;
  };
  const read = (text: string, start: number, end: number, visit: (term: number) => void) => {
    const one = hashBySum(text, start, end);
    const other = hashByXor(text, start, end);
    const number = mix(one, other) & (PLACES - 1);
    const place = number * PLACE;
    if (places[place] !== one || places[place + 1] !== other) {
      places[place] = one;
      places[place + 1] = other;
      learn(text.slice(start, end), number);
    }
    const term = places[place + 2] ?? SEVERAL;
    if (term !== SEVERAL) visit(term);
    else for (const each of several[number] ?? []) visit(each);
  };
  return {
    terms,
    eachTerm(text, start, end, visit) {
      for (let at = start; at < end; at++) {
        if (!isWithin(STARTS_WORD, text.charCodeAt(at))) continue;
        const first = at;
        while (at < end && isWithin(IN_WORD, text.charCodeAt(at))) at++;
        read(text, first, at, visit);
      }
    },
  };
}

/**
 * No term and no identifier begins with an ASCII character that is not in the first of these, or reaches over one that is
 * not in the second: a text may be cut there.
 */
const STARTS_WORD = listAscii(/[A-Za-z0-9]/);
const IN_WORD = listAscii(/[\w\-/.]/);

function listAscii(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => Number(pattern.test(String.fromCharCode(code))));
}

function isWithin(ascii: Uint8Array, code: number): boolean {
  return code >= ascii.length || ascii[code] === 1;
}
