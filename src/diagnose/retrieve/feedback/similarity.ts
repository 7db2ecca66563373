import { tokenise } from '../tokenise.ts';

/** What was going on, of a diagnosis in the past or of a question now. */
export interface ComparedSituation {
  readonly text: string;
  readonly alertNames: readonly string[];
  readonly services: readonly string[];
  readonly signals: readonly string[];
}

/** A situation taken apart into what can be compared. */
export interface SituationTerms {
  readonly names: readonly string[];
  readonly words: readonly string[];
  readonly signals: readonly string[];
  readonly services: readonly string[];
}

export interface SimilarSituation {
  /** Position in the list that the index was built from. */
  readonly at: number;
  /** 0..1. */
  readonly similarity: number;
}

export interface SituationIndex {
  /** Cheap enough to be called between two requests; what was added is found from then on. */
  add(terms: SituationTerms): void;
  /** Those at least as similar as `floor`, most similar first. */
  search(terms: SituationTerms, floor: number): SimilarSituation[];
}

/** As much as a diagnosis keeps of its own text: more would only make the question look unlike it. */
const MAX_TEXT = 2_000;

/** Numbers are what differs between two firings of one alert, so they are no words here. */
const NUMBER = /^\p{N}+$/u;

export function toSituationTerms({ text, alertNames, services, signals }: ComparedSituation): SituationTerms {
  return {
    names: [...new Set(alertNames.map((name) => name.toLowerCase()))],
    words: [...new Set(tokenise(text.slice(0, MAX_TEXT)).filter((word) => !NUMBER.test(word)))],
    signals: [...new Set(signals)],
    services: [...new Set(services.map((service) => service.toLowerCase()))],
  };
}

/**
 * How similar two situations are: the mean of what alert names, words and signals each say, by cosine over terms that
 * weigh more the rarer they are. A part that either side lacks says nothing. Where both name services and share none,
 * they are not similar, whatever their words.
 */
export function createSituationIndex(): SituationIndex {
  const spaces = { names: createTermSpace(), words: createTermSpace(), signals: createTermSpace() };
  const services: ReadonlySet<string>[] = [];
  const isElsewhere = (at: number, asked: readonly string[]) => {
    const known = services[at];
    return known !== undefined && known.size > 0 && asked.length > 0 && !asked.some((service) => known.has(service));
  };
  return {
    add(terms) {
      for (const part of PARTS) spaces[part].add(terms[part]);
      services.push(new Set(terms.services));
    },
    search(terms, floor) {
      const parts = PARTS.map((part) => spaces[part].compare(terms[part]));
      const similar: SimilarSituation[] = [];
      for (let at = 0; at < services.length; at++) {
        const similarity = meanOf(parts, at);
        if (similarity >= floor && !isElsewhere(at, terms.services)) similar.push({ at, similarity });
      }
      return similar.sort((a, b) => b.similarity - a.similarity || a.at - b.at);
    },
  };
}

const PARTS = ['names', 'words', 'signals'] as const;

/** Of the parts that both sides have; 0 when there are none. */
function meanOf(parts: readonly Float64Array[], at: number): number {
  let sum = 0;
  let count = 0;
  for (const part of parts) {
    const value = part[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

interface TermSpace {
  add(terms: readonly string[]): void;
  /** Cosine with each of the sets; not a number where either side is empty. */
  compare(terms: readonly string[]): Float64Array;
}

function createTermSpace(): TermSpace {
  const postings = new Map<string, number[]>();
  let size = 0;
  let lengths: Float64Array | undefined;
  // A term that nobody has said yet is as rare as one that was said once.
  const weightOf = (found: readonly number[] | undefined) => Math.log(1 + size / (found?.length ?? 1)) ** 2;
  return {
    add(terms) {
      for (const term of terms) {
        const known = postings.get(term);
        if (known) known.push(size);
        else postings.set(term, [size]);
      }
      size++;
      lengths = undefined;
    },
    compare(terms) {
      lengths ??= sumOver(postings.values(), weightOf, size);
      const known = terms.flatMap((term) => [postings.get(term) ?? []]);
      const dots = sumOver(known, weightOf, size);
      const asked = known.reduce((sum, found) => sum + weightOf(found.length === 0 ? undefined : found), 0);
      for (let at = 0; at < size; at++) {
        dots[at] = Math.min(1, (dots[at] ?? 0) / Math.sqrt(asked * (lengths[at] ?? 0)));
      }
      return dots;
    },
  };
}

/** For each set the summed weights of those terms that it holds. */
function sumOver(
  postings: Iterable<readonly number[]>,
  weightOf: (found: readonly number[]) => number,
  size: number,
): Float64Array {
  const sums = new Float64Array(size);
  for (const found of postings) {
    const weight = weightOf(found);
    for (const at of found) sums[at] = (sums[at] ?? 0) + weight;
  }
  return sums;
}
