import { describe, expect, it } from 'vitest';
import { PrecedentError } from '../../domain/errors.ts';
import type { ScoreBreakdown } from '../../domain/evidence.ts';
import { rerank, toPassage } from './rerank.ts';

interface Row {
  readonly id: string;
  readonly score: number;
  readonly scores: ScoreBreakdown;
}

function row(id: string, score: number, scores: ScoreBreakdown = {}): Row {
  return { id, score, scores };
}

/** Says what it was told to say of each passage, and keeps what it was asked. */
function scripted(says: Readonly<Record<string, number>>, maxPairs = 50) {
  const asked: (readonly string[])[] = [];
  const score = async (_query: string, passages: readonly string[]) => {
    asked.push(passages);
    return passages.map((passage) => says[passage] ?? 0.5);
  };
  return { asked, maxPairs, score };
}

function failing(score: (signal: AbortSignal | undefined) => Promise<number[]>) {
  return { maxPairs: 50, score: (_query: string, _passages: readonly string[], signal?: AbortSignal) => score(signal) };
}

const RANKED = [row('web', 0.9), row('db', 0.8), row('orders', 0.4), row('checkout', 0.1)];
const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id);
const passageOf = ({ id }: Row) => id;

describe('reranking', () => {
  it('moves up what the reranker prefers, and keeps what it said of each', async () => {
    const reranker = scripted({ web: 0.1, db: 0.99, orders: 0.5 });
    const { ranked, degraded } = await rerank('disk full', RANKED, { reranker, depth: 3, passageOf });
    expect(idsOf(ranked)).toEqual(['db', 'web', 'orders', 'checkout']);
    expect(ranked.map(({ scores }) => scores.rerank)).toEqual([0.99, 0.1, 0.5, undefined]);
    expect(degraded).toBeUndefined();
  });

  it('reads no more than the depth, nor than the reranker takes, and leaves the rest below', async () => {
    const reranker = scripted({ web: 0.9, db: 0.1, orders: 0.1 }, 3);
    const { ranked } = await rerank('disk full', RANKED, { reranker, depth: 20, passageOf });
    expect(reranker.asked).toEqual([['web', 'db', 'orders']]);
    expect(ranked.at(-1)).toBe(RANKED[3]);
    const scores = ranked.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(Math.min(...scores.slice(0, 3))).toBeGreaterThanOrEqual(0.4);
    expect(Math.max(...scores)).toBeLessThanOrEqual(0.9);
  });

  it('neither reads nor moves what the query names', async () => {
    const named = [row('named', 0.95, { exact: 1 }), ...RANKED];
    const reranker = scripted({ checkout: 0.99 });
    const { ranked } = await rerank('disk full', named, { reranker, depth: 4, passageOf });
    expect(ranked[0]).toBe(named[0]);
    expect(reranker.asked.flat()).not.toContain('named');
  });

  it('hears a model that is sure of nothing: the odds between passages count', async () => {
    const unsure = scripted({ web: 0.0001, db: 0.001, orders: 0.0001, checkout: 0.0001 });
    const { ranked } = await rerank('disk full', RANKED, { reranker: unsure, depth: 4, passageOf });
    expect(idsOf(ranked)).toEqual(['db', 'web', 'orders', 'checkout']);
  });

  it('leaves the order to the legs when it says the same of all', async () => {
    const { ranked } = await rerank('disk full', RANKED, { reranker: scripted({}), depth: 4, passageOf });
    expect(ranked.map(({ score }) => score)).toEqual(RANKED.map(({ score }) => score));
  });

  it('bears certainty: 0 and 1 are odds like others', async () => {
    const sure = scripted({ web: 0, db: 1, orders: 0, checkout: 0 });
    const { ranked } = await rerank('disk full', RANKED, { reranker: sure, depth: 4, passageOf });
    expect(idsOf(ranked)[0]).toBe('db');
    for (const { score } of ranked) expect(score).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['nothing was asked in words', ' ', RANKED],
    ['only one row could be read', 'disk full', RANKED.slice(0, 1)],
    ['nothing was found', 'disk full', []],
  ])('asks nobody when %s', async (_case, query, rows) => {
    const reranker = scripted({});
    expect(await rerank(query, rows, { reranker, depth: 4, passageOf })).toEqual({ ranked: rows });
    expect(reranker.asked).toEqual([]);
  });

  it('reads a passage with the place where it stands', () => {
    expect(toPassage({ header: 'Disk full › Mitigation\ndb', text: 'Grow it.' })).toBe(
      'Disk full › Mitigation. db. Grow it.',
    );
  });
});

describe('a reranker that does not answer', () => {
  const unavailable = new PrecedentError('reranker-unavailable', 'a worker died');

  it.each([
    ['fails', async () => Promise.reject(unavailable), 'a worker died'],
    ['gives too few scores', async () => [0.5], 'it gave 1 scores for 4 passages'],
    ['gives no numbers', async () => [0.5, Number.NaN, 0.5, 0.5], 'it gave 3 scores for 4 passages'],
    [
      'throws at once',
      () => {
        throw unavailable;
      },
      'a worker died',
    ],
  ])('and %s leaves the order as it was and is told of', async (_case, score, reason) => {
    const result = await rerank('disk full', RANKED, { reranker: failing(score), depth: 4, passageOf });
    expect(result.ranked).toBe(RANKED);
    expect(result.degraded).toContain(reason);
  });

  it('in time is not waited for, heed it the signal or not', async () => {
    let told: AbortSignal | undefined;
    const deaf = failing((signal) => {
      told = signal;
      return new Promise(() => {});
    });
    const result = await rerank('disk full', RANKED, { reranker: deaf, depth: 4, passageOf, limitMs: 20 });
    expect(result).toEqual({ ranked: RANKED, degraded: expect.stringContaining('no answer within 0.02 s') });
    expect(told?.aborted).toBe(true);
  });

  it('ends the search when it is the caller who gave up', async () => {
    const abort = new AbortController();
    const deaf = failing(() => new Promise(() => {}));
    const asked = rerank('disk full', RANKED, { reranker: deaf, depth: 4, passageOf }, abort.signal);
    abort.abort(new Error('no longer wanted'));
    await expect(asked).rejects.toThrow('no longer wanted');
    await expect(rerank('disk full', RANKED, { reranker: deaf, depth: 4, passageOf }, abort.signal)).rejects.toThrow(
      'no longer wanted',
    );
  });
});
