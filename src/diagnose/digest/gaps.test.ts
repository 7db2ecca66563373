import { describe, expect, it } from 'vitest';
import type { EdgeChange } from './compare.ts';
import { blameGaps } from './gaps.ts';

/** `addedMsPerTrace` above nothing means slower. */
function edge(caller: string, callee: string, addedMsPerTrace: number): EdgeChange {
  return {
    key: `${caller}>${callee}`,
    caller,
    operation: `call-${callee}`,
    callee,
    calleeOperation: 'serve',
    gapMs: { before: 1, after: 1 + addedMsPerTrace },
    shift: undefined,
    addedMsPerTrace,
    calls: { before: 10, after: 10 },
    lost: { before: 0, after: 0 },
    originErrors: { before: 0, after: 0 },
  };
}

const blame = (edges: readonly EdgeChange[]) =>
  blameGaps(edges, ({ addedMsPerTrace }) => addedMsPerTrace > 0).map((one) => `${one.edge.key} ${one.service}`);

describe('a slow way', () => {
  it('is charged to the end it shares with ways that only seem slow, being too few to be sure of', () => {
    const edges = ['orders', 'prices', 'mail', 'stock'].map((callee) => edge('web', callee, 20));
    const isSure = ({ callee }: EdgeChange) => callee === 'orders' || callee === 'prices';
    const charged = blameGaps(edges, isSure, ({ addedMsPerTrace }) => addedMsPerTrace > 0);
    expect(charged.map((one) => `${one.edge.key} ${one.service}`)).toEqual(['web>orders web', 'web>prices web']);
    expect(blameGaps(edges, isSure).map(({ service }) => service)).toEqual(['orders', 'prices']);
  });

  it('is the called side’s when its caller calls others as fast as ever', () => {
    expect(blame([edge('web', 'orders', 20), edge('web', 'prices', 0)])).toEqual(['web>orders orders']);
  });

  it('is the called side’s when nothing else tells its two ends apart', () => {
    expect(blame([edge('web', 'orders', 20)])).toEqual(['web>orders orders']);
  });

  it('is charged to whoever is an end of all that are slow, caller and callee alike', () => {
    const edges = [edge('web', 'orders', 20), edge('orders', 'stock', 20), edge('orders', 'mail', 20)];
    expect(blame([...edges, edge('web', 'prices', 0)])).toEqual(edges.map(({ key }) => `${key} orders`));
  });

  it('is charged to a caller that calls everybody slowly', () => {
    const edges = [edge('web', 'orders', 20), edge('web', 'prices', 15), edge('web', 'mail', 10)];
    expect(blame(edges)).toEqual(edges.map(({ key }) => `${key} web`));
  });

  it('is explained once: what another end has taken is not charged again', () => {
    const edges = [edge('web', 'orders', 40), edge('cron', 'orders', 40), edge('jobs', 'mail', 5)];
    const fast = [edge('web', 'prices', 0), edge('cron', 'prices', 0), edge('jobs', 'prices', 0)];
    expect(blame([...edges, ...fast])).toEqual(['web>orders orders', 'cron>orders orders', 'jobs>mail mail']);
  });
});

it('nothing is charged where nothing is slow', () => {
  expect(blame([edge('web', 'orders', 0)])).toEqual([]);
});

it('many thousand slow ways are charged in good time, each once', () => {
  const edges = Array.from({ length: 5_000 }, (_, at) => edge(`caller${at}`, `callee${at}`, 1 + at));
  const startedAt = performance.now();
  const blames = blameGaps(edges, () => true);
  expect(new Set(blames.map((one) => one.edge)).size).toBe(5_000);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
