import { expect, it } from 'vitest';
import { SearchRequest } from '../domain/request.ts';
import { buildIncident, buildSection } from '../testing/knowledge-builder.ts';
import { buildKnowledge } from './retrieve/knowledge.ts';
import { search } from './search.ts';

const generation = {
  key: 'g1',
  model: { id: 'm', checksum: 'c', dimension: 2 },
  sources: [],
  publishedAt: '2026-06-01T00:00:00Z',
  documents: 0,
  chunks: 0,
};
const outage = buildIncident({ id: 'i', sections: [buildSection('i', 'summary', 'messages wait in the queue')] });

it('without the dense leg nothing is embedded, so the others are judged while the embedder is away', async () => {
  const ports = {
    embedder: {
      describe: async () => generation.model,
      embed: () => Promise.reject(new Error('the embedder is away')),
    },
    index: { nearest: async () => [] },
    now: () => new Date('2026-06-01T00:00:00Z'),
  };
  const knowledge = await buildKnowledge(generation, [outage]);
  const ask = (request: object) => search(SearchRequest.parse({ query: 'queue', ...request }), knowledge, ports);
  const { results } = await ask({ without: ['dense'] });
  expect(results.map(({ id }) => id)).toEqual(['i']);
  await expect(ask({})).rejects.toThrow('the embedder is away');
});
