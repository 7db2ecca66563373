import { expect, it } from 'vitest';
import type { RootCausePrediction } from '../../../domain/diagnosis.ts';
import { buildLlmEvidence, GOOD_ANSWER } from '../../../testing/llm-evidence.ts';
import { MUTATIONS } from '../../../testing/malformed-completions.ts';
import { createScriptedChatModel } from '../../../testing/scripted-chat-model.ts';
import { predictByLlm } from './by-llm.ts';

const [FIRST, SECOND] = GOOD_ANSWER.hypotheses;

/** Good answers to one question, awkward in different ways. */
const SEEDS: readonly object[] = [
  GOOD_ANSWER,
  { ...GOOD_ANSWER, hypotheses: [], mitigation: [], service: null },
  { ...GOOD_ANSWER, summary: "The client's retries weren't bounded: it's a storm, as in {P1} and [P2]." },
  { ...GOOD_ANSWER, summary: 'The log says "queue full" twice, then "closed".', contributing: [SECOND] },
  { ...GOOD_ANSWER, reasoning: 'First line.\nSecond line:\n\n\tindented, // no comment.', hypotheses: [FIRST] },
  { ...GOOD_ANSWER, summary: 'Größe über Grenzwert → Warteschlange 満杯 🚨', category: 'unseen' },
];

async function ask(...lines: readonly string[]): Promise<{ prediction: RootCausePrediction; calls: number }> {
  const chatModel = createScriptedChatModel(...lines);
  const { prediction } = await predictByLlm(buildLlmEvidence(), { chatModel }, new AbortController().signal);
  return { prediction, calls: chatModel.requests.length };
}

it('reads 99 % and more of 250 spoilt answers as what they were, asking again only where something is missing', async () => {
  const spoiltAgain = MUTATIONS.filter(({ isComplete }) => isComplete);
  const texts = new Set<string>();
  const failed: string[] = [];
  const askedAgain: string[] = [];
  for (const [place, seed] of SEEDS.entries()) {
    const { prediction: meant } = await ask(JSON.stringify(seed));
    for (const [index, { name, spoil, isComplete }] of MUTATIONS.entries()) {
      const label = `${name} #${place + 1}`;
      const text = spoil(seed);
      texts.add(text);
      const again = spoiltAgain[(index + place) % spoiltAgain.length]?.spoil(seed) ?? '';
      const read = await ask(text, again).catch(() => undefined);
      if (JSON.stringify(read?.prediction) !== JSON.stringify(meant)) failed.push(label);
      else if (isComplete && read && read.calls > 1) askedAgain.push(label);
    }
  }
  expect(texts.size).toBeGreaterThanOrEqual(250);
  expect(failed.length / texts.size, failed.join(', ')).toBeLessThanOrEqual(0.01);
  expect(askedAgain.length / texts.size, askedAgain.join(', ')).toBeLessThanOrEqual(0.01);
});
