import { describe, expect, it } from 'vitest';
import { createBm25, fuseByReciprocalRank } from './baselines.ts';

const DOCUMENTS = [
  { id: 'one', text: 'queue' },
  { id: 'two', text: 'queue backlog' },
  { id: 'three', text: 'certificate expired' },
];

describe('BM25', () => {
  it('scores as the formula says', () => {
    const [first, second] = createBm25(DOCUMENTS, { countsRepeats: false }).rank('queues');
    const idf = Math.log(1 + (3 - 2 + 0.5) / (2 + 0.5));
    const meanLength = 5 / 3;
    expect(first).toEqual({
      id: 'one',
      score: expect.closeTo((idf * 2.2) / (1 + 1.2 * (0.25 + 0.75 / meanLength)), 10),
    });
    expect(second?.score).toBeCloseTo((idf * 2.2) / (1 + 1.2 * (0.25 + 1.5 / meanLength)), 10);
  });

  it('counts a repeated word once, or as often as it stands there', () => {
    const once = createBm25(DOCUMENTS, { countsRepeats: false });
    const often = createBm25(DOCUMENTS, { countsRepeats: true });
    expect(once.rank('queue queue')).toEqual(once.rank('queue'));
    expect(often.rank('queue queue')[0]?.score).toBeCloseTo(2 * (often.rank('queue')[0]?.score ?? 0), 10);
  });

  it('leaves out what shares no word', () => {
    expect(createBm25(DOCUMENTS, { countsRepeats: false }).rank('disk')).toEqual([]);
  });
});

describe('reciprocal rank fusion', () => {
  it('prefers what both legs rank well', () => {
    expect(fuseByReciprocalRank(['a', 'b', 'c'], ['b', 'c', 'd'])).toEqual(['b', 'c', 'a', 'd']);
  });

  it('of one ranking is that ranking', () => {
    expect(fuseByReciprocalRank(['x', 'y', 'z'])).toEqual(['x', 'y', 'z']);
  });
});
