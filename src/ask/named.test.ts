import { describe, expect, it } from 'vitest';
import { openShop } from './__fixtures__/shop.ts';
import { listNamed, listServiceNames } from './named.ts';

const KNOWN = new Map(['web', 'order-api', 'price_feed', 'db'].map((name) => [name, name]));

describe('listServiceNames', () => {
  it.each([
    ['why was order-api slow?', ['order-api']],
    ['who owns the Order API?', ['order-api']],
    ['is price feed behind, or is it web.', ['price_feed', 'web']],
    ['the order was for an api', []],
    ['order, api', []],
  ])('finds in “%s” what it names, in one word or in several', (text, names) => {
    expect(listServiceNames(text, KNOWN)).toEqual(names);
  });

  it('reads a long hostile text in no time', () => {
    const start = performance.now();
    listServiceNames('a-'.repeat(1_000), KNOWN);
    listServiceNames('order '.repeat(400), KNOWN);
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe('listNamed', () => {
  it('takes a service that is named for the answer only where its entry can say what is asked', async () => {
    const { knowledge } = await openShop();
    const asked = { text: 'the outage of orders', words: ['orders'] };
    expect(listNamed({ ...asked, facets: ['owner'] }, knowledge).map(({ id }) => id)).toEqual(['orders']);
    expect(listNamed({ ...asked, facets: ['duration'] }, knowledge)).toEqual([]);
  });
});
