import { expect, it } from 'vitest';
import { openShop } from './__fixtures__/shop.ts';
import type { FoundSource } from './find-sources.ts';
import { orderSources } from './order.ts';

it('does not describe a service to somebody who says what is wrong with it', async () => {
  const { knowledge } = await openShop();
  const found = ['service:orders', 'runbook:orders/QueueBacklog'].flatMap((key): FoundSource[] => {
    const document = knowledge.documents.get(key);
    return document ? [{ ...document, score: 1, relevance: 0.5, document }] : [];
  });
  const asked = { facets: ['about', 'did'], isPast: false, wantsLatest: false, follows: 'nothing' } as const;
  const kindsFor = (words: string[]) =>
    orderSources(found, { ...asked, facets: [...asked.facets], words }, knowledge).map(({ kind }) => kind);
  expect(kindsFor(['order', 'slow'])).toEqual(['runbook', 'service']);
  expect(kindsFor(['order'])).toEqual(['service', 'runbook']);
});
