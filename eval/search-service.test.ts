import { expect, it } from 'vitest';
import type { SearchResponse } from '../src/domain/evidence.ts';
import type { SearchRequest } from '../src/domain/request.ts';
import { buildSource } from '../src/testing/knowledge-builder.ts';
import { ablate } from './ablation.ts';
import { allBut, createAsk } from './search-service.ts';

const row = (id: string, alike: string[] = [], scores = {}) => ({
  ...{ kind: 'runbook' as const, id, title: id, score: 1, relevance: 1, scores, excerpt: '', alike },
  source: buildSource(id),
});

/** Finds `right` first, unless the dense leg is left out. */
function createService() {
  const asked: SearchRequest[] = [];
  const search = async (request: SearchRequest): Promise<SearchResponse> => {
    asked.push(request);
    const results = [row('right', ['folded'], { dense: 1, lexical: 0.5 }), row('wrong', [], { lexical: 1 })];
    if (request.without?.includes('dense')) results.reverse();
    return { results, answerable: { score: 0.7, reason: '' } };
  };
  return { asked, app: { search } };
}

const request: SearchRequest = { query: 'queue', kinds: ['runbook'], k: 10 };

it('a document folded into another row is found right after it', async () => {
  const answer = await createAsk(createService().app)({ request });
  expect(answer.ranked).toEqual(['right', 'folded', 'wrong']);
  expect([...answer.parts].sort()).toEqual(['dense', 'lexical']);
});

it('the same is asked once, whoever may know the answer', async () => {
  const { app, asked } = createService();
  const ask = createAsk(app);
  await ask({ request });
  expect((await ask({ request, isKnown: (id) => id !== 'right' })).ranked).toEqual(['folded', 'wrong']);
  await ask({ request }, ['dense']);
  expect(asked.map(({ without }) => without)).toEqual([undefined, ['dense']]);
});

it('a part is judged by its absence; one that had no say is not tried', async () => {
  const ask = createAsk(createService().app);
  const question = { id: 'q', request, text: 'queue', relevant: new Set(['right']), isVerbatim: false };
  const group = { set: 'web', variant: 'text-only', questions: [question] };
  const ablations = await ablate(group, [await ask(question)], ask);
  expect(ablations.map(({ name }) => name)).toEqual([
    ...['without dense', 'without lexical', 'without diversity'],
    ...['dense only', 'lexical only'],
  ]);
  const differences = ablations.map(({ difference }) => difference['R@1'].difference.value);
  expect(differences).toEqual([-1, 0, 0, 0, -1]);
  expect(ablations[0]).toMatchObject({ figures: { 'R@1': { value: 0, n: 1 } }, difference: { 'R@1': { losses: 1 } } });
});

it('one leg alone leaves out every other part', () => {
  expect(allBut('dense')).not.toContain('dense');
  expect(allBut('dense')).toEqual(expect.arrayContaining(['lexical', 'exact', 'diversity', 'rerank']));
});
