import { type DigestCase, listSignals, type Round } from './digest-cases.ts';

export interface NamedCause {
  readonly service: string;
  readonly category: string;
}

/** Names a cause for each case asked, in order; undefined where nothing was found. */
export type DigestBaseline = (round: Round) => readonly (NamedCause | undefined)[];

const BM25_NEIGHBOURS = 5;
const COSINE_NEIGHBOURS = 8;
/** Votes by cosine are cosines to this power, so that the nearest lead. */
const SHARPNESS = 3;
const K1 = 1.2;
const B = 0.75;

/** BM25 whose words are whole signals, each said once; the five nearest vote with their scores. */
export const voteByBm25: DigestBaseline = ({ past, asked }) => {
  const { known, holders } = indexPast(past);
  const meanLength = known.reduce((sum, { signals }) => sum + signals.size, 0) / known.length;
  const idf = (held: number) => Math.log(1 + (known.length - held + 0.5) / (held + 0.5));
  return asked.map((row) => {
    const words = listSignals(row);
    const votes = known.map((other) => {
      const saturation = (K1 + 1) / (1 + K1 * (1 - B + (B * other.signals.size) / meanLength));
      const shared = words.filter((word) => other.signals.has(word));
      return { row: other.row, vote: shared.reduce((sum, word) => sum + idf(holders.get(word) ?? 0) * saturation, 0) };
    });
    return elect(votes, BM25_NEIGHBOURS);
  });
};

/** Cosine over whole signals, each by its inverse document frequency. */
export const voteByCosine: DigestBaseline = ({ past, asked }) => {
  const { known, holders } = indexPast(past);
  const idf = (signal: string) => Math.log(1 + past.length / (holders.get(signal) ?? 0.5));
  const massOf = (signals: Iterable<string>) => [...signals].reduce((sum, one) => sum + idf(one) ** 2, 0);
  return asked.map((row) => {
    const signals = listSignals(row);
    const votes = known.map((other) => {
      const length = Math.sqrt(massOf(signals) * massOf(other.signals));
      const shared = massOf(signals.filter((signal) => other.signals.has(signal)));
      return { row: other.row, vote: length === 0 ? 0 : (shared / length) ** SHARPNESS };
    });
    return elect(votes, COSINE_NEIGHBOURS);
  });
};

function indexPast(past: readonly DigestCase[]) {
  const known = past.map((row) => ({ row, signals: new Set(listSignals(row)) }));
  const holders = new Map<string, number>();
  for (const { signals } of known) for (const one of signals) holders.set(one, (holders.get(one) ?? 0) + 1);
  return { known, holders };
}

function elect(
  votes: readonly { readonly row: DigestCase; readonly vote: number }[],
  neighbours: number,
): NamedCause | undefined {
  const counts = new Map<string, { cause: NamedCause; vote: number }>();
  const nearest = [...votes].sort((a, b) => b.vote - a.vote).slice(0, neighbours);
  for (const { row, vote } of nearest.filter((one) => one.vote > 0)) {
    const cause = { service: row.root_cause_service, category: row.fault_type };
    const key = JSON.stringify(cause);
    counts.set(key, { cause, vote: (counts.get(key)?.vote ?? 0) + vote });
  }
  return [...counts.values()].sort((a, b) => b.vote - a.vote)[0]?.cause;
}
