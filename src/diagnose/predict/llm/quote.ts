import { REDACTION_MARK } from '../../../domain/redaction.ts';

/** Fewer words are found by accident in any text. */
const MIN_WORDS = 3;
const MIN_SIMILARITY = 0.8;

/** Words that turn a statement around; the `t` is what is left of "isn't". */
const NEGATIONS: ReadonlySet<string> = new Set([
  'not',
  'no',
  'never',
  'none',
  'without',
  'neither',
  'nor',
  'cannot',
  't',
]);

const ELLIPSIS = /…|\.{3,}/;
const ELLIPSIS_OR_MARK = new RegExp(`${ELLIPSIS.source}|${REDACTION_MARK.source}`);

interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

export interface FoundQuote {
  /** The source's own words, which may differ slightly from the quote. */
  readonly words: string;
  /** Share of the quote's words that stand in the source in this order, 0..1. */
  readonly similarity: number;
}

/**
 * Looks for a quote in its source, forgiving case, punctuation, line breaks, an ellipsis and one word in five, but no
 * other number and no other negation: "did not recover" is no quote of "did recover", nor 775 ms of 77 ms.
 */
export function findQuote(quote: string, source: string): FoundQuote | undefined {
  const found = findFragments(quote.split(ELLIPSIS), source);
  if (found || !REDACTION_MARK.test(quote)) return found;
  // The model was shown a mark where the source has something else.
  return findFragments(quote.split(ELLIPSIS_OR_MARK), source);
}

function findFragments(texts: readonly string[], source: string): FoundQuote | undefined {
  const fragments = texts.map(listWords).filter(({ length }) => length > 0);
  const total = fragments.reduce((sum, { length }) => sum + length, 0);
  if (!fragments.some(({ length }) => length >= MIN_WORDS)) return undefined;
  let rest = listWords(source);
  let distance = 0;
  const spans: Word[][] = [];
  for (const fragment of fragments) {
    const match = align(fragment, rest);
    if (!match || !isFaithful(fragment, match)) return undefined;
    distance += match.distance;
    spans.push(match.words);
    rest = rest.slice(match.next);
  }
  const first = spans[0]?.[0];
  const last = spans.at(-1)?.at(-1);
  if (!first || !last) return undefined;
  return { words: source.slice(first.start, last.end), similarity: 1 - distance / total };
}

function listWords(text: string): Word[] {
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(({ 0: word, index }) => ({
    word: word.normalize('NFKC').toLowerCase(),
    start: index,
    end: index + word.length,
  }));
}

interface Alignment {
  readonly words: Word[];
  /** Words changed, left out or added. */
  readonly distance: number;
  /** Index in the source after the match. */
  readonly next: number;
}

/** The stretch of `source` nearest to `quote` by word edit distance (Sellers' algorithm: a match may start anywhere). */
function align(quote: readonly Word[], source: readonly Word[]): Alignment | undefined {
  const others = source.map(({ word }) => word);
  let row: Row = { cell: new Uint32Array(others.length + 1), origin: Uint32Array.from([0, ...others], (_, at) => at) };
  for (const { word } of quote) row = nextRow(row, word, others);
  const distance = row.cell.reduce((least, cell) => Math.min(least, cell));
  const next = row.cell.indexOf(distance);
  const words = source.slice(row.origin[next] ?? 0, next);
  return words.length === 0 ? undefined : { words, distance, next };
}

/** cell[j]: best distance of the quote so far against any stretch that ends before source[j]; origin[j]: its start. */
interface Row {
  readonly cell: Uint32Array;
  readonly origin: Uint32Array;
}

/** A long quote in a long source has millions of cells, so nothing is allocated for each. */
function nextRow(last: Row, word: string, others: readonly string[]): Row {
  const cell = new Uint32Array(others.length + 1);
  const origin = new Uint32Array(others.length + 1);
  cell[0] = (last.cell[0] ?? 0) + 1;
  for (let at = 0; at < others.length; at++) {
    const same = (last.cell[at] ?? 0) + (word === others[at] ? 0 : 1);
    const above = (last.cell[at + 1] ?? 0) + 1;
    const left = (cell[at] ?? 0) + 1;
    const distance = Math.min(same, above, left);
    cell[at + 1] = distance;
    origin[at + 1] = (distance === same ? last.origin[at] : distance === above ? last.origin[at + 1] : origin[at]) ?? 0;
  }
  return { cell, origin };
}

function isFaithful(fragment: readonly Word[], { words, distance }: Alignment): boolean {
  // A short fragment beside an ellipsis must stand there as it is.
  const isNear = fragment.length < MIN_WORDS ? distance === 0 : 1 - distance / fragment.length >= MIN_SIMILARITY;
  return isNear && holdsNumbersOf(fragment, words) && countNegations(fragment) === countNegations(words);
}

function holdsNumbersOf(fragment: readonly Word[], words: readonly Word[]): boolean {
  const left = words.map(({ word }) => word);
  return fragment
    .filter(({ word }) => /\p{N}/u.test(word))
    .every(({ word }) => {
      const at = left.indexOf(word);
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
}

function countNegations(words: readonly Word[]): number {
  return words.filter(({ word }) => NEGATIONS.has(word)).length;
}
