import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOpenAiChatModel } from '../../../adapters/openai-chat-model.ts';
import { PrecedentError } from '../../../domain/errors.ts';
import type { Attempt } from '../../../domain/model-failure.ts';
import { buildLlmEvidence, GOOD_ANSWER } from '../../../testing/llm-evidence.ts';
import {
  answers,
  completes,
  cutsOff,
  failsWith,
  hangs,
  hangsUp,
  limitsRate,
  type ScriptedReply,
  sendsHtml,
  sendsText,
  startScriptedLlm,
  trickles,
} from '../../../testing/scripted-llm.ts';
import { type LlmPrediction, predictByLlm } from './by-llm.ts';

const DEADLINE_MS = 1_500;
const GOOD = JSON.stringify(GOOD_ANSWER);

const unhandled: unknown[] = [];
const keepUnhandled = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', keepUnhandled);
});
afterEach(() => {
  process.off('unhandledRejection', keepUnhandled);
});

type Outcome = (LlmPrediction & { readonly attempts: readonly Attempt[] }) | PrecedentError;

/** Asks over a real socket, with one deadline for all calls, and checks that it is kept. */
async function ask(...replies: readonly ScriptedReply[]): Promise<Outcome> {
  await using llm = await startScriptedLlm(...replies);
  const chatModel = createOpenAiChatModel({ baseUrl: llm.baseUrl, model: 'm', timeoutMs: 60_000 });
  const started = performance.now();
  try {
    const attempts: Attempt[] = [];
    const asking = { chatModel, onAttempt: (attempt: Attempt) => attempts.push(attempt) };
    return { ...(await predictByLlm(buildLlmEvidence(), asking, AbortSignal.timeout(DEADLINE_MS))), attempts };
  } catch (error) {
    if (error instanceof PrecedentError) return error;
    throw error;
  } finally {
    expect(performance.now() - started).toBeLessThan(DEADLINE_MS + 2_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect([unhandled, llm.refused]).toEqual([[], []]);
  }
}

const FAILURES: readonly (readonly [name: string, reply: ScriptedReply])[] = [
  ['429', limitsRate()],
  ['429 with Retry-After', limitsRate(1)],
  ['500', failsWith(500, {})],
  ['a hang', hangs()],
  ['a trickle', trickles()],
  ['a cut stream', cutsOff()],
  ['a hang-up', hangsUp()],
  ['HTML', sendsHtml()],
  ['truncated JSON', sendsText('{"choices": [{', 'application/json')],
  ['a refusal', completes({ refusal: 'No.' })],
  ['wrong types', sendsText('{"choices": {"0": 1}}', 'application/json')],
  ['absent choices', sendsText('{}', 'application/json')],
  ['an empty body', sendsText('', 'application/json')],
];

describe('over a real socket', () => {
  it('a good answer becomes a prediction', async () => {
    expect(await ask(answers(GOOD))).toMatchObject({
      prediction: { rootCause: { category: 'load-spike' } },
      attempts: [],
    });
  });

  it.each(FAILURES)('%s at the first call ends in time as llm-unavailable', async (_, reply) => {
    expect(await ask(reply)).toMatchObject({ code: 'llm-unavailable', message: expect.stringMatching(/^The LLM m /) });
  });

  it.each(FAILURES)('%s at the repair call ends within the same deadline', async (_, reply) => {
    expect(await ask(answers('{}'), reply)).toMatchObject({ code: 'llm-unavailable' });
  });

  it.each([
    ['cut short by the token limit', GOOD.slice(0, GOOD.length / 4)],
    ['an answer in prose', 'It is the load.'],
    ['an empty object', '{}'],
  ])('%s is mended by the second call, which is told of in the attempts', async (_, first) => {
    const result = await ask(
      completes({ content: first, finishReason: 'length' }),
      answers(`\`\`\`json\n${GOOD}\n\`\`\``),
    );
    expect(result).toMatchObject({
      prediction: { rootCause: { service: 'pre-processor' } },
      attempts: [{ model: 'scripted-1', reason: expect.stringMatching(/^its answer did not fit: /) }],
    });
  });

  it('two answers in prose are llm-answer-invalid', async () => {
    expect(await ask(answers('It is the load.'), answers('As I said.'))).toMatchObject({ code: 'llm-answer-invalid' });
  });
});
