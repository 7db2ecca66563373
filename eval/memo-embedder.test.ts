import { expect, it } from 'vitest';
import { createHashEmbedder } from '../src/testing/hash-embedder.ts';
import { createMemoEmbedder, lend } from './memo-embedder.ts';

it('embeds no text twice, and keeps the order of those that were asked for', async () => {
  const embedder = createHashEmbedder();
  const memo = createMemoEmbedder(embedder);
  const [web] = await memo.embed(['web'], 'query');
  const vectors = await memo.embed(['db', 'web', 'db'], 'query');
  expect(embedder.batches).toEqual([['web'], ['db']]);
  expect(vectors[1]).toEqual(web);
  expect(vectors[2]).toEqual(vectors[0]);
});

it('keeps questions and passages apart: some models embed them differently', async () => {
  const embedder = createHashEmbedder();
  const memo = createMemoEmbedder(embedder);
  await memo.embed(['web'], 'query');
  await memo.embed(['web'], 'passage');
  expect(embedder.batches).toHaveLength(2);
});

it('outlives an app that it is lent to', async () => {
  let isClosed = false;
  const embedder = {
    ...createHashEmbedder(),
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
    },
  };
  await lend(createMemoEmbedder(embedder))[Symbol.asyncDispose]();
  expect(isClosed).toBe(false);
});
