import { expect, it } from 'vitest';
import { SCORE_RECIPE } from './raw-scores.ts';
import { recipeOf } from './recipe.ts';

const chatModel = { name: 'near' };

it('scores by precedent mean the same whatever language models are configured', () => {
  expect(recipeOf('precedent', { chatModel: undefined })).toBe(SCORE_RECIPE);
  expect(recipeOf('precedent', { chatModel, llmSettings: { samples: 5 } })).toBe(SCORE_RECIPE);
});

it.each([
  ['another model', { chatModel: { name: 'far' } }],
  ['more answers', { chatModel, llmSettings: { samples: 5 } }],
  ['another way to agree', { chatModel, llmSettings: { samples: 5, agreement: 'held-out' as const } }],
])('scores of a language model mean something else with %s', (_, ports) => {
  const others = [{ chatModel }, { chatModel, llmSettings: { samples: 5 } }].filter(
    (other) => JSON.stringify(other) !== JSON.stringify(ports),
  );
  for (const other of others) expect(recipeOf('llm', ports)).not.toBe(recipeOf('llm', other));
});
