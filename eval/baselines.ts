import { splitIdentifiers, tokenise } from '../src/diagnose/retrieve/tokenise.ts';

const K1 = 1.2;
const B = 0.75;

/** The usual constant of reciprocal rank fusion (Cormack et al. 2009). */
const RRF_K = 60;

export interface Bm25 {
  /** Best first; documents that share no word with the query are left out. */
  rank(query: string): readonly { readonly id: string; readonly score: number }[];
}

/**
 * What everybody has: BM25 over whole documents, identifiers split, stop words and plurals stripped, no field, no
 * expression, no whole identifier. Each word of the query counts once, or, with `countsRepeats`, as often as it occurs.
 */
export function createBm25(
  documents: readonly { readonly id: string; readonly text: string }[],
  { countsRepeats }: { readonly countsRepeats: boolean },
): Bm25 {
  const entries = documents.map(({ id, text }) => ({ id, ...countWords(text) }));
  const meanLength = entries.reduce((sum, { length }) => sum + length, 0) / entries.length;
  const holders = countHolders(entries.map(({ counts }) => counts));
  const weigh = (word: string, frequency: number, length: number) => {
    const held = holders.get(word) ?? 0;
    const idf = Math.log(1 + (entries.length - held + 0.5) / (held + 0.5));
    return (idf * frequency * (K1 + 1)) / (frequency + K1 * (1 - B + (B * length) / meanLength));
  };
  return {
    rank(query) {
      const words = splitWords(query);
      const asked = countsRepeats ? words : [...new Set(words)];
      return entries
        .map(({ id, counts, length }) => {
          const found = asked.filter((word) => counts.has(word));
          return { id, score: found.reduce((sum, word) => sum + weigh(word, counts.get(word) ?? 0, length), 0) };
        })
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
    },
  };
}

export function fuseByReciprocalRank(...rankings: readonly (readonly string[])[]): string[] {
  const scores = new Map<string, number>();
  for (const ranking of rankings) {
    ranking.forEach((id, rank) => {
      scores.set(id, (scores.get(id) ?? 0) + 1 / (RRF_K + rank + 1));
    });
  }
  return [...scores].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id);
}

/** Split first, so that no identifier is left whole. */
function splitWords(text: string): string[] {
  return tokenise(splitIdentifiers(text));
}

function countHolders(documents: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const holders = new Map<string, number>();
  for (const word of documents.flatMap((counts) => [...counts.keys()])) holders.set(word, (holders.get(word) ?? 0) + 1);
  return holders;
}

function countWords(text: string): { counts: ReadonlyMap<string, number>; length: number } {
  const words = splitWords(text);
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, length: words.length };
}
