import { describe, expect, it } from 'vitest';
import { buildLlmEvidence, GOOD_ANSWER } from '../../testing/llm-evidence.ts';
import { createScriptedChatModel, type ScriptedLine } from '../../testing/scripted-chat-model.ts';
import type { LlmSettings } from './llm/by-llm.ts';
import { predict } from './predict.ts';

const evidence = buildLlmEvidence();

function ask(fail: (signal: AbortSignal) => Promise<never>, signal?: AbortSignal) {
  const chatModel = { name: 'odd', complete: (_request: unknown, deadline: AbortSignal) => fail(deadline) };
  const llmDeadline = () => new AbortController().signal;
  return predict(evidence, 'auto', { chatModel, llmDeadline, elapsed: () => 0 }, signal);
}

describe('a driver that fails in a way nobody foresaw', () => {
  it('costs the answer of the LLM, not the diagnosis', async () => {
    const { prediction, attempts } = await ask(() => Promise.reject(new TypeError("reading 'choices' of undefined")));
    expect(prediction.engine).toBe('precedent');
    expect(attempts).toEqual([{ model: 'odd', reason: "an unexpected error: reading 'choices' of undefined" }]);
  });

  it.each([
    'POST https://user:hunter2@llm.example/v1 failed',
    'GET https://llm.example/v1?api_key=hunter2 failed',
    'bad header Authorization: Bearer hunter2',
    'refused sk-hunter2',
    'refused hunter2AAAAAAAAAAAAAAAAAAAA',
  ])('tells no secrets: %s', async (message) => {
    const { attempts } = await ask(() => Promise.reject(new Error(message)));
    expect(attempts[0]?.reason).toContain('***');
    expect(attempts[0]?.reason).not.toContain('hunter2');
  });

  it('is no reason to go on for a caller who left', async () => {
    const leaving = new AbortController();
    const asked = ask(() => {
      leaving.abort(new Error('the caller left'));
      return Promise.reject(new TypeError('odd'));
    }, leaving.signal);
    await expect(asked).rejects.toThrow('the caller left');
  });
});

const SCORES = (request: { user: string }) =>
  request.user.includes('{"score": N}')
    ? '{"score": 9}'
    : request.user.includes('"sufficient"')
      ? '{"sufficient": "yes"}'
      : 'It matches.';

async function askWith(llmSettings: LlmSettings, ...lines: readonly ScriptedLine[]) {
  const chatModel = createScriptedChatModel(...lines);
  let now = 0;
  const elapsed = () => (now += 250);
  return predict(evidence, 'auto', {
    chatModel,
    llmDeadline: () => new AbortController().signal,
    llmSettings,
    elapsed,
  });
}

describe('what the LLM took', () => {
  const GOOD = JSON.stringify(GOOD_ANSWER);

  it('is the sum over answers, repairs and scores', async () => {
    const lines = [GOOD, '{}', GOOD, SCORES, SCORES, SCORES];
    const { llm, llmFeatures, attempts } = await askWith({ samples: 2, scoreSamples: 1 }, ...lines);
    expect(llm).toEqual({
      model: 'scripted-1',
      prompts: ['diagnose.v2', 'score.v1'],
      calls: 6,
      ms: 250,
      tokens: { input: 600, output: 120 },
    });
    expect(llmFeatures).toMatchObject({ evaluation: { value: 2 / 3 }, cause: { value: 0.9 } });
    expect(attempts).toHaveLength(1);
  });

  it('is told also when no answer came of it, and nobody scores what precedents say', async () => {
    const { prediction, llm, llmFeatures, attempts } = await askWith({ scoreSamples: 3 }, '{}', '{}');
    expect(prediction.engine).toBe('precedent');
    expect(llm).toMatchObject({ model: 'scripted', prompts: ['diagnose.v2'], calls: 2 });
    expect(llmFeatures).toBeUndefined();
    expect(attempts.map(({ reason }) => /did not fit|answered twice/.exec(reason)?.[0])).toEqual([
      'did not fit',
      'answered twice',
    ]);
  });

  it('tells alike failures once, with how often', async () => {
    const { attempts } = await askWith({ samples: 3 }, '{}', '{}', '{}', '{}', '{}', '{}');
    expect(attempts.map(({ reason }) => /\(\d times\)/.exec(reason)?.[0])).toEqual(['(3 times)', '(3 times)']);
  });

  it('names no prompts of scores that nobody asked for', async () => {
    const { llm, llmFeatures } = await askWith({}, GOOD);
    expect(llm).toMatchObject({ prompts: ['diagnose.v2'], calls: 1 });
    expect(llmFeatures).toEqual({});
  });

  it('is nothing when precedents are asked', async () => {
    const chatModel = createScriptedChatModel();
    const asked = predict(evidence, 'precedent', {
      chatModel,
      llmDeadline: () => new AbortController().signal,
      elapsed: () => 0,
    });
    expect(await asked).not.toHaveProperty('llm');
  });
});
