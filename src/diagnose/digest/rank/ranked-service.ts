/** What one ranker says of one service: its own measure, which only that ranker can compare. */
export interface RankedService {
  readonly service: string;
  readonly score: number;
}

/** Best first; equals by name, so that the order in which spans came in decides nothing. Who scores nothing is not named. */
export function toRanking(scores: ReadonlyMap<string, number>): RankedService[] {
  return [...scores]
    .filter(([, score]) => score > 0)
    .map(([service, score]) => ({ service, score }))
    .sort((a, b) => b.score - a.score || compareText(a.service, b.service));
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
