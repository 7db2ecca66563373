import { expect, it } from 'vitest';
import { createHashEmbedder } from '../src/testing/hash-embedder.ts';
import { createLangChainSearch } from './langchain.ts';

it('the stock recipe ranks a document by the first of its chunks, and each only once', async () => {
  const filler = 'Nothing of interest happens in this sentence about other matters. '.repeat(40);
  const documents = [
    { id: 'long', text: `${filler}\n\nthe certificate of the gateway has expired\n\n${filler}` },
    { id: 'short', text: 'the queue of orders is growing' },
  ];
  const search = await createLangChainSearch(documents, createHashEmbedder({ maxBatch: 2 }));
  expect(await search.rank('the queue of orders is growing')).toEqual(['short', 'long']);
  expect([...(await search.rank('certificate'))].sort()).toEqual(['long', 'short']);
});
