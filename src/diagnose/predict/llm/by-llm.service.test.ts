import { beforeAll, describe, expect, it } from 'vitest';
import { Diagnosis } from '../../../domain/diagnosis.ts';
import { postJson, serve } from '../../../http/__fixtures__/serve.ts';
import { createHashEmbedder } from '../../../testing/hash-embedder.ts';
import { createKnowledgeFolder } from '../../../testing/knowledge-folder.ts';
import { createMemoryBacktests } from '../../../testing/memory-backtests.ts';
import { createMemoryIndex } from '../../../testing/memory-index.ts';
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
import { SHOP_ALERT, SHOP_ANSWER, SHOP_FILES } from '../__fixtures__/shop-folder.ts';

const DEADLINE_MS = 1_500;
/** What the machine may add to a deadline. */
const GRACE_MS = 2_500;

/** An analysis and both scores in one, so that it does not matter which of them asks first. */
const OPINION = answers({ sufficient: 'yes', score: 8 });
const GOOD = answers(SHOP_ANSWER);

const FAILURES: readonly (readonly [name: string, reply: ScriptedReply])[] = [
  ['429', limitsRate()],
  ['429 with Retry-After', limitsRate(1)],
  ['500', failsWith(500, { error: { message: 'boom' } })],
  ['503 without a body', failsWith(503, {})],
  ['401', failsWith(401, { error: { message: 'no such key' } })],
  ['a context that is too long', failsWith(400, { error: { message: 'too long', code: 'context_length_exceeded' } })],
  ['a hang', hangs()],
  ['a trickle', trickles()],
  ['a cut stream', cutsOff()],
  ['a hang-up', hangsUp()],
  ['HTML', sendsHtml(200)],
  ['HTML with 502', sendsHtml(502)],
  ['truncated JSON', sendsText('{"choices": [{', 'application/json')],
  ['an empty body', sendsText('', 'application/json')],
  ['a refusal', completes({ refusal: 'No.' })],
  ['a refusal in words', answers("I'm sorry, but I can't help with that.")],
  ['wrong types', sendsText('{"choices": {"0": 1}}', 'application/json')],
  ['absent choices', sendsText('{}', 'application/json')],
  ['an empty message', completes({ content: '' })],
  ['content of a wrong type', completes({ content: 7 })],
  ['an answer of another form', answers({ verdict: 'load' })],
  [
    'an answer that quotes from memory',
    answers({ ...SHOP_ANSWER, citations: [{ id: 'P1', quote: 'the moon was full' }] }),
  ],
  ['half an answer', completes({ content: JSON.stringify(SHOP_ANSWER).slice(0, 90), finishReason: 'length' })],
];

/** Filled once; whoever closes a service leaves it open for the next. */
const index = { ...createMemoryIndex(), [Symbol.asyncDispose]: async () => {} };
const DRIVERS = { index, embedder: createHashEmbedder(), backtests: createMemoryBacktests() };

beforeAll(async () => {
  await using knowledge = await createKnowledgeFolder(SHOP_FILES);
  await using served = await serve({ KNOWLEDGE_DIR: knowledge.path }, DRIVERS);
  await served.app.ingest();
  // The client takes its time to load: more than a deadline of these tests on a busy machine.
  await import('../../../adapters/openai-chat-model.ts');
});

interface Outcome {
  readonly diagnosis: Diagnosis;
  readonly asked: number;
}

/** The whole service over HTTP, with a model that plays its replies and then the last of them for ever. */
async function ask(samples: number, ...replies: readonly ScriptedReply[]): Promise<Outcome> {
  const last = replies.at(-1) ?? hangs();
  await using llm = await startScriptedLlm(...replies, ...Array.from({ length: 40 }, () => last));
  const settings = { LLM_TIMEOUT_MS: String(DEADLINE_MS), LLM_SAMPLES: String(samples), LLM_SCORE_SAMPLES: '1' };
  const env = { POLL_SECONDS: '0', LLM_BASE_URL: llm.baseUrl, LLM_MODEL: 'm', ...settings };
  await using served = await serve(env, DRIVERS);
  const started = performance.now();
  const response = await postJson(`${served.url}/v1/diagnoses`, { alert: SHOP_ALERT });
  expect([response.status, served.failures]).toEqual([200, []]);
  expect(performance.now() - started).toBeLessThan(DEADLINE_MS + GRACE_MS);
  return { diagnosis: Diagnosis.parse(await response.json()), asked: llm.requests.length };
}

describe('the whole service with a model behind a real socket', () => {
  it('answers, with samples and scores, and tells what they took', { timeout: 20_000 }, async () => {
    const { diagnosis, asked } = await ask(
      3,
      GOOD,
      GOOD,
      answers({ ...SHOP_ANSWER, category: 'bank-outage', service: 'payment' }),
      OPINION,
    );
    expect(diagnosis).toMatchObject({
      kind: 'answered',
      engine: 'llm',
      rootCause: { category: 'lock-contention', service: 'inventory' },
    });
    expect(diagnosis.hypotheses.map(({ support }) => Math.round(support * 100))).toEqual([67, 33]);
    expect(diagnosis.mitigation.map(({ step }) => step)).toEqual([
      'Reserve stock in batches.',
      'Shed load at the gateway.',
    ]);
    expect(diagnosis.provenance.attempts).toBeUndefined();
    expect(diagnosis.provenance.llm).toMatchObject({
      prompts: ['diagnose.v2', 'score.v1'],
      calls: 6,
      tokens: { input: 600, output: 120 },
    });
    expect(asked).toBe(6);
    const reasons = diagnosis.confidence.reasons.join('\n');
    expect(reasons).toContain('llm-evidence 0.67: the LLM finds evidence enough to judge in 1 of 1 analyses');
    expect(reasons).toContain('llm-cause 0.80: the LLM gives this cause 8.0 of 10 in one analysis');
  });

  it.each(FAILURES)('with %s alone: precedents answer in time, and say why', { timeout: 20_000 }, async (_, reply) => {
    const { diagnosis } = await ask(2, reply);
    expect(diagnosis).toMatchObject({
      engine: 'precedent',
      rootCause: { category: 'lock-contention', service: 'inventory' },
    });
    expect(diagnosis.provenance.attempts?.length).toBeGreaterThan(0);
    for (const { model, reason } of diagnosis.provenance.attempts ?? [])
      expect([model, reason.length > 10]).toEqual([expect.any(String), true]);
    expect(diagnosis.provenance.llm?.calls).toBeGreaterThan(0);
  });

  it.each(FAILURES)('with %s for one answer of three: the others stand', { timeout: 20_000 }, async (_, reply) => {
    const { diagnosis } = await ask(3, reply, GOOD, GOOD);
    expect(diagnosis.rootCause).toMatchObject({ category: 'lock-contention', service: 'inventory' });
    expect(diagnosis.engine).toBe('llm');
    expect(diagnosis.provenance.attempts?.length).toBeGreaterThan(0);
  });

  it.each(FAILURES)('with %s for the scores: the answer stands', { timeout: 20_000 }, async (_, reply) => {
    const { diagnosis } = await ask(1, GOOD, reply);
    expect(diagnosis).toMatchObject({
      engine: 'llm',
      rootCause: { category: 'lock-contention', service: 'inventory' },
    });
    expect(diagnosis.provenance.llm?.calls).toBeGreaterThan(1);
  });
});
