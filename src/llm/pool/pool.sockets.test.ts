import { describe, expect, it } from 'vitest';
import { createOpenAiChatModel } from '../../adapters/openai-chat-model.ts';
import type { CircuitState } from '../../domain/endpoint-state.ts';
import { ModelFailure } from '../../domain/model-failure.ts';
import {
  answers,
  completes,
  cutsOff,
  failsWith,
  hangs,
  hangsUp,
  limitsRate,
  type ScriptedLlm,
  type ScriptedReply,
  sendsHtml,
  sendsText,
  startScriptedLlm,
  thinks,
  trickles,
} from '../../testing/scripted-llm.ts';
import { createModelPool, type PoolEndpoint, type PoolOptions } from './pool.ts';

const REQUEST = { system: 'be brief', user: 'what now?', temperature: 0.2 };
/** Enough for whoever answers; who hangs is given little. */
const TIMEOUT_MS = 3_000;
const HANG_MS = 300;
const DEADLINE_MS = 4_000;

interface PoolUnderTest extends PoolOptions {
  readonly timeouts?: readonly number[];
  readonly endpoint?: Partial<PoolEndpoint>;
}

function createPool(servers: readonly ScriptedLlm[], { timeouts = [], endpoint, ...options }: PoolUnderTest = {}) {
  const time = { passed: 0 };
  const endpoints = servers.map(({ baseUrl }, at) => {
    const model = `model-${at + 1}`;
    const timeoutMs = timeouts[at] ?? TIMEOUT_MS;
    return { chatModel: createOpenAiChatModel({ baseUrl, model, timeoutMs }), model, timeoutMs, ...endpoint };
  });
  const ports = {
    now: () => new Date(Date.UTC(2026, 2, 1, 12) + time.passed),
    elapsed: () => performance.now() + time.passed,
    random: Math.random,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => [clearTimeout(timer), reject(signal.reason)], { once: true });
      }),
  };
  return { pool: createModelPool(endpoints, ports, options), pass: (ms: number) => (time.passed += ms) };
}

type Case = readonly [what: string, reply: () => ScriptedReply, state: CircuitState, reason: RegExp];

const LATE = /it took longer than 0\.3 s/;

const CASES: readonly Case[] = [
  ['429 with Retry-After', () => limitsRate(20), 'open', /rate limit is reached/],
  ['429 with a date', () => limitsRate('Sun, 01 Mar 2037 12:00:00 GMT'), 'open', /rate limit is reached/],
  ['429 without Retry-After', () => limitsRate(), 'open', /rate limit is reached/],
  ['500', () => failsWith(500, { error: { message: 'out of memory' } }), 'open', /the server failed/],
  ['503 as HTML', () => sendsHtml(503), 'open', /the server failed/],
  ['a hang', hangs, 'open', LATE],
  ['a trickle', trickles, 'open', LATE],
  ['a cut stream', cutsOff, 'open', /connection broke off/],
  ['a hang-up', hangsUp, 'open', /connection broke off/],
  ['HTML', () => sendsHtml(), 'open', /an HTML page, not JSON/],
  ['truncated JSON', () => sendsText('{"choices": [{"mess', 'application/json'), 'open', /not valid JSON/],
  ['absent choices', () => sendsText('{"id": "x"}', 'application/json'), 'open', /not a chat completion/],
  ['wrong types', () => sendsText('{"choices": "many"}', 'application/json'), 'open', /not a chat completion/],
  ['401', () => failsWith(401, {}), 'open', /wants an API key/],
  ['404', () => failsWith(404, { error: { message: 'no such model' } }), 'open', /does not know this model/],
  ['400', () => failsWith(400, { error: { message: 'bad temperature' } }), 'closed', /the request was refused/],
  ['a refusal', () => completes({ refusal: 'I cannot.' }), 'closed', /it refused/],
  [
    'a prompt that is too long',
    () => failsWith(400, { error: { message: 'maximum context length is 8192' } }),
    'closed',
    /context window/,
  ],
];

describe('an endpoint that fails', () => {
  it.each(CASES)('with %s is told while the next one answers in time', async (_, reply, state, reason) => {
    await using first = await startScriptedLlm(reply());
    await using second = await startScriptedLlm(answers('hello'));
    const { pool } = createPool([first, second], { timeouts: reason === LATE ? [HANG_MS] : [] });
    const started = performance.now();
    const { text, attempts } = await pool.complete(REQUEST, AbortSignal.timeout(DEADLINE_MS));
    expect(performance.now() - started).toBeLessThan(DEADLINE_MS);
    expect(text).toBe('hello');
    expect(attempts).toEqual([{ model: 'model-1', reason: expect.stringMatching(reason) }]);
    expect(pool.listStates().map((each) => each.state)).toEqual([state, 'closed']);
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  it.each(CASES)(
    'with %s like all others ends in time with the list of what was tried',
    async (_, reply, __, reason) => {
      await using first = await startScriptedLlm(reply());
      await using second = await startScriptedLlm(reply());
      const timeouts = reason === LATE ? [HANG_MS, HANG_MS] : [];
      const started = performance.now();
      const error = await failureOf(createPool([first, second], { timeouts }), DEADLINE_MS);
      expect(performance.now() - started).toBeLessThan(DEADLINE_MS);
      expect(error.code).toBe('llm-unavailable');
      expect(error.attempts).toEqual([
        { model: 'model-1', reason: expect.stringMatching(reason) },
        { model: 'model-2', reason: expect.stringMatching(reason) },
      ]);
    },
  );

  it('by hanging costs no more than the deadline, whatever its own time is', async () => {
    await using first = await startScriptedLlm(hangs());
    await using second = await startScriptedLlm();
    const started = performance.now();
    const error = await failureOf(createPool([first, second]), 100);
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(error).toMatchObject({ kind: 'cancelled', attempts: [{ model: 'model-1' }, { model: 'model-2' }] });
    expect(second.requests).toEqual([]);
  });

  it('is left alone for as long as it asks, then tried once, and used again when it answers', async () => {
    await using first = await startScriptedLlm(limitsRate(20), answers('back'), answers('back'));
    await using second = await startScriptedLlm(answers('spare'), answers('spare'), answers('spare'));
    const { pool, pass } = createPool([first, second]);
    const ask = async () => (await pool.complete(REQUEST, AbortSignal.timeout(DEADLINE_MS))).text;
    expect(await ask()).toBe('spare');
    pass(19_000);
    expect(await ask()).toBe('spare');
    expect(first.requests).toHaveLength(1);
    pass(1_000);
    expect((await Promise.all([ask(), ask()])).sort()).toEqual(['back', 'spare']);
    expect(await ask()).toBe('back');
    expect([first.refused, second.refused]).toEqual([[], []]);
  });
});

describe('several endpoints', () => {
  it('share the load by weight', async () => {
    const replies = Array.from({ length: 40 }, () => answers('hello'));
    await using first = await startScriptedLlm(...replies);
    await using second = await startScriptedLlm(...replies);
    const { pool } = createPool([first, second], { order: 'weighted' });
    for (let i = 0; i < 40; i++) await pool.complete(REQUEST, AbortSignal.timeout(DEADLINE_MS));
    // Fewer than eight of forty on one side come once in ten thousand runs.
    expect(Math.min(first.requests.length, second.requests.length)).toBeGreaterThanOrEqual(8);
  });

  it('take no more at a time than they have places', async () => {
    let atWork = 0;
    let most = 0;
    const counted = (): ScriptedReply => (response) => {
      most = Math.max(most, ++atWork);
      response.on('close', () => atWork--);
      thinks(20, answers('hello'))(response);
    };
    await using llm = await startScriptedLlm(...Array.from({ length: 9 }, counted));
    const { pool } = createPool([llm], { endpoint: { concurrency: 3 } });
    const asked = Array.from({ length: 9 }, () => pool.complete(REQUEST, AbortSignal.timeout(DEADLINE_MS)));
    expect((await Promise.all(asked)).every(({ text }) => text === 'hello')).toBe(true);
    expect(most).toBe(3);
  });

  it('are asked side by side when hedging, and the slow one is hung up on', async () => {
    let isGone = false;
    const slow: ScriptedReply = (response) => response.on('close', () => (isGone = true));
    await using first = await startScriptedLlm(slow);
    await using second = await startScriptedLlm(answers('quick'));
    const { pool } = createPool([first, second], { hedgeMs: 50 });
    expect((await pool.complete(REQUEST, AbortSignal.timeout(DEADLINE_MS))).text).toBe('quick');
    await expect.poll(() => isGone).toBe(true);
    expect(pool.listStates()[0]).toMatchObject({ state: 'closed', inFlight: 0 });
  });

  it('are hung up on when the caller goes', async () => {
    let isGone = false;
    const slow: ScriptedReply = (response) => response.on('close', () => (isGone = true));
    await using first = await startScriptedLlm(slow);
    const controller = new AbortController();
    const asked = createPool([first]).pool.complete(REQUEST, controller.signal);
    await expect.poll(() => first.requests.length).toBe(1);
    controller.abort();
    await expect(asked).rejects.toThrow('the request was cancelled');
    await expect.poll(() => isGone).toBe(true);
  });
});

async function failureOf({ pool }: ReturnType<typeof createPool>, deadlineMs: number): Promise<ModelFailure> {
  const error = await pool.complete(REQUEST, AbortSignal.timeout(deadlineMs)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ModelFailure)) throw new Error(`expected a ModelFailure, not ${String(error)}`);
  return error;
}
