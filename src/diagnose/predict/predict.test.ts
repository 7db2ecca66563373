import { describe, expect, it } from 'vitest';
import { buildLlmEvidence } from '../../testing/llm-evidence.ts';
import { predict } from './predict.ts';

const evidence = buildLlmEvidence();

function ask(fail: (signal: AbortSignal) => Promise<never>, signal?: AbortSignal) {
  const chatModel = { name: 'odd', complete: (_request: unknown, deadline: AbortSignal) => fail(deadline) };
  return predict(evidence, 'auto', { chatModel, llmDeadline: () => new AbortController().signal }, signal);
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
