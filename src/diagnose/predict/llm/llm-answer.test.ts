import { expect, it } from 'vitest';
import { buildLlmEvidence, GOOD_ANSWER } from '../../../testing/llm-evidence.ts';
import { createScriptedChatModel } from '../../../testing/scripted-chat-model.ts';
import { predictByLlm } from './by-llm.ts';

async function listCategories(hypotheses: readonly object[]) {
  const chatModel = createScriptedChatModel(JSON.stringify({ ...GOOD_ANSWER, hypotheses }));
  const { prediction } = await predictByLlm(buildLlmEvidence(), { chatModel }, new AbortController().signal);
  return prediction.hypotheses.map(({ category }) => category);
}

it('looks for the quotes of eight hypotheses at most', async () => {
  const [first, second] = GOOD_ANSWER.hypotheses;
  const invented = { ...first, citations: [{ id: 'P1', quote: 'the moon was full that night' }] };
  const others = Array.from({ length: 7 }, () => invented);
  expect(await listCategories([...others, { ...second }])).toEqual(['load-spike', 'dns']);
  expect(await listCategories([...others, invented, { ...second }])).toEqual(['load-spike']);
});
