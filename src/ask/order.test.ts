import { expect, it } from 'vitest';
import { buildRunbook, buildSection, buildStep } from '../testing/knowledge-builder.ts';
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

it('asks for the way back whoever knows it', async () => {
  const { knowledge } = await openShop();
  const source = (document: FoundSource['document']): FoundSource => ({
    ...document,
    score: 1,
    relevance: 0.5,
    document,
  });
  const ahead = buildRunbook({ id: 'web/Slow', steps: [buildStep('a.md', 'Scale web.')] });
  const back = buildRunbook({ id: 'web/Release', sections: [buildSection('b.md', 'rollback', 'Step 1 needs none.')] });
  const asked = {
    facets: ['undo' as const],
    isPast: false,
    wantsLatest: false,
    follows: 'nothing' as const,
    words: [],
  };
  const ids = orderSources([source(ahead), source(back)], asked, knowledge).map(({ id }) => id);
  expect(ids).toEqual(['web/Release', 'web/Slow']);
});
