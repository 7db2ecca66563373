import type { Pace } from '../pace.ts';
import type { TermTable } from './term-table.ts';
import { createVocabulary } from './vocabulary.ts';

/** BM25 (Robertson & Zaragoza 2009) with the usual constants. */
const K1 = 1.2;
const B = 0.75;

/** What a term in the lead is worth beside what it is worth in the body, which holds the lead, too. */
const LEAD_WEIGHT = 0.5;

/** Placing an entry takes as long as reading this many characters. */
const ENTRY_COST = 2;

/** Which documents hold a term, and what it adds to the score of each: all of BM25 that does not depend on the query. */
export interface Postings {
  readonly terms: TermTable;
  /** The entries of term `t` are those from `starts[t]` up to `starts[t + 1]`, documents rising. */
  readonly starts: Uint32Array;
  readonly documents: Uint32Array;
  /** Single precision: scores of one query differ by far more than a ten-millionth. */
  readonly scores: Float32Array;
}

export interface PostingsBuilder {
  /** Reads a piece of the current document, from `start` up to `end`; no word may reach over either. */
  read(text: string, start: number, end: number, isLead: boolean): void;
  /** What is read from here on belongs to the next document. */
  endDocument(): void;
  build(pace: Pace): Promise<Postings>;
}

/** A document: of each of its terms the number, how often it stands there, and how often in the lead. */
interface Row {
  readonly entries: Int32Array;
  readonly bodyLength: number;
  readonly leadLength: number;
}
const ENTRY = 3;

export function createPostingsBuilder(): PostingsBuilder {
  const vocabulary = createVocabulary();
  const counts = createTermCounts();
  const rows: Row[] = [];
  return {
    read(text, start, end, isLead) {
      vocabulary.eachTerm(text, start, end, isLead ? counts.countInLead : counts.count);
    },
    endDocument() {
      rows.push(counts.endDocument());
    },
    build: (pace) => build(vocabulary.terms, rows, counts, pace),
  };
}

/** Counts terms in one document after the other, and how many documents hold each. */
interface TermCounts {
  count(term: number): void;
  countInLead(term: number): void;
  endDocument(): Row;
  /** How many documents hold the term, and how many in their lead. */
  holdersOf(term: number): readonly [body: number, lead: number];
}

function createTermCounts(): TermCounts {
  /** Of each term where the current document counts it (0: not yet), and in how many documents, and leads, it is. */
  let terms = new Int32Array(1 << 12);
  /** The current document, as in a `Row`. */
  let entries = new Int32Array(1 << 12);
  let end = 0;
  const placeOf = (term: number) => {
    const at = term * ENTRY;
    while (at + ENTRY > terms.length) terms = enlarge(terms);
    if (terms[at] === 0) {
      if (end + ENTRY > entries.length) entries = enlarge(entries);
      entries[end] = term;
      terms[at] = end + 1;
      end += ENTRY;
    }
    return terms[at] ?? 0;
  };
  const increment = (place: number) => {
    entries[place] = (entries[place] ?? 0) + 1;
  };
  return {
    count: (term) => increment(placeOf(term)),
    countInLead(term) {
      const place = placeOf(term);
      increment(place);
      increment(place + 1);
    },
    endDocument() {
      const row = entries.slice(0, end);
      entries.fill(0, 0, end);
      end = 0;
      let leadLength = 0;
      for (let entry = 0; entry < row.length; entry += ENTRY) {
        const at = (row[entry] ?? 0) * ENTRY;
        const isInLead = Number((row[entry + 2] ?? 0) > 0);
        terms[at] = 0;
        terms[at + 1] = (terms[at + 1] ?? 0) + 1;
        terms[at + 2] = (terms[at + 2] ?? 0) + isInLead;
        leadLength += isInLead;
      }
      return { entries: row, bodyLength: row.length / ENTRY, leadLength };
    },
    holdersOf: (term) => [terms[term * ENTRY + 1] ?? 0, terms[term * ENTRY + 2] ?? 0],
  };
}

function enlarge(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

/** From what each document holds to who holds each term: the weights first, then every entry to its place. */
async function build(terms: TermTable, rows: readonly Row[], counts: TermCounts, pace: Pace): Promise<Postings> {
  const starts = new Uint32Array(terms.size() + 1);
  const idf = new Float64Array(terms.size() * 2);
  for (let term = 0; term < terms.size(); term++) {
    const [inBody, inLead] = counts.holdersOf(term);
    starts[term + 1] = (starts[term] ?? 0) + inBody;
    idf[term * 2] = inverseFrequency(inBody, rows.length);
    idf[term * 2 + 1] = LEAD_WEIGHT * inverseFrequency(inLead, rows.length);
    if (term % 1_000 === 0) await pace.spend(1_000 * ENTRY_COST);
  }
  const mean = { body: meanOf(rows, 'bodyLength'), lead: meanOf(rows, 'leadLength') };
  const postings = { terms, starts, ...createEntries(starts.at(-1) ?? 0) };
  const next = starts.slice();
  for (const [document, row] of rows.entries()) {
    const norms = [normOf(row.bodyLength, mean.body), normOf(row.leadLength, mean.lead)] as const;
    placeEntries(document, row, norms, idf, next, postings);
    await pace.spend(row.bodyLength * ENTRY_COST);
  }
  return postings;
}

function createEntries(count: number): Pick<Postings, 'documents' | 'scores'> {
  return { documents: new Uint32Array(count), scores: new Float32Array(count) };
}

function placeEntries(
  document: number,
  { entries }: Row,
  [bodyNorm, leadNorm]: readonly [body: number, lead: number],
  idf: Float64Array,
  next: Uint32Array,
  { documents, scores }: Pick<Postings, 'documents' | 'scores'>,
): void {
  for (let entry = 0; entry < entries.length; entry += ENTRY) {
    const term = entries[entry] ?? 0;
    const place = next[term] ?? 0;
    next[term] = place + 1;
    documents[place] = document;
    scores[place] =
      (idf[term * 2] ?? 0) * saturate(entries[entry + 1] ?? 0, bodyNorm) +
      (idf[term * 2 + 1] ?? 0) * saturate(entries[entry + 2] ?? 0, leadNorm);
  }
}

/** Largest for a term that no document holds, and never below zero. */
export function inverseFrequency(holders: number, documents: number): number {
  return Math.log(1 + (documents - holders + 0.5) / (holders + 0.5));
}

function meanOf(rows: readonly Row[], length: 'bodyLength' | 'leadLength'): number {
  return rows.reduce((sum, row) => sum + row[length], 0) / rows.length;
}

function normOf(length: number, mean: number): number {
  return K1 * (1 - B + (B * length) / mean);
}

function saturate(count: number, norm: number): number {
  return count === 0 ? 0 : (count * (K1 + 1)) / (count + norm);
}
