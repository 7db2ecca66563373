import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelFailure, type ModelFailureKind } from '../domain/model-failure.ts';
import {
  answers,
  completes,
  cutsOff,
  failsWith,
  floods,
  hangs,
  hangsUp,
  limitsRate,
  type ScriptedReply,
  sendsHtml,
  sendsText,
  startScriptedLlm,
  trickles,
} from '../testing/scripted-llm.ts';
import { createOpenAiChatModel, type OpenAiChatModelOptions } from './openai-chat-model.ts';

const REQUEST = { system: 'be brief', user: 'what now?', temperature: 0.2 };
const KEY = 'sk-test-4f1d0c9a7b';
const TIMEOUT_MS = 400;

const unhandled: unknown[] = [];
const keepUnhandled = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', keepUnhandled);
});
afterEach(() => {
  process.off('unhandledRejection', keepUnhandled);
  vi.unstubAllEnvs();
});

type Failure = readonly [name: string, kind: ModelFailureKind, reply: ScriptedReply, reason: RegExp];

const keyInBody = { error: { message: `Incorrect API key provided: ${KEY}`, code: 'invalid_api_key' } };
const FAILURES: readonly Failure[] = [
  ['401', 'auth', failsWith(401, keyInBody), /the API key was refused \(401\)/],
  ['403', 'auth', failsWith(403, keyInBody), /the API key was refused \(403\)/],
  [
    '404',
    'not-found',
    failsWith(404, { error: { message: 'model "m" not found, try pulling it first' } }),
    /does not know this model/,
  ],
  ['429 with Retry-After', 'rate-limit', limitsRate(20), /rate limit is reached \(429, try again in 20 s\)/],
  ['429 without Retry-After', 'rate-limit', limitsRate(), /rate limit is reached \(429, it does not say when/],
  [
    '429 for money',
    'quota',
    failsWith(429, { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }),
    /quota is used up \(429\)/,
  ],
  [
    '400',
    'refused',
    failsWith(400, { error: { message: `bad temperature for ${KEY}` } }),
    /refused \("400 bad temperature for \*\*\*"\)/,
  ],
  [
    'a prompt that is too long',
    'context',
    failsWith(400, { error: { message: 'maximum context length is 8192' } }),
    /context window/,
  ],
  [
    '500',
    'server',
    failsWith(500, { error: { message: 'out of memory' } }),
    /the server failed \("500 out of memory"\)/,
  ],
  ['503 without a body', 'server', sendsText('', 'text/plain', 503), /the server failed/],
  ['502 as HTML', 'server', sendsHtml(502), /the server failed \(an HTML page\)/],
  ['200 as HTML', 'unusable', sendsHtml(), /an HTML page, not JSON/],
  ['200 as text', 'unusable', sendsText('OK', 'text/plain'), /text, not JSON/],
  ['truncated JSON', 'unusable', sendsText('{"choices": [{"mess', 'application/json'), /not valid JSON/],
  ['an empty body', 'unusable', sendsText('', 'application/json'), /its reply is empty/],
  ['null', 'unusable', sendsText('null', 'application/json'), /its reply is empty/],
  [
    'absent choices',
    'unusable',
    sendsText('{"id": "x", "object": "chat.completion"}', 'application/json'),
    /not a chat completion/,
  ],
  ['empty choices', 'unusable', sendsText('{"choices": []}', 'application/json'), /not a chat completion/],
  [
    'choices of a wrong type',
    'unusable',
    sendsText('{"choices": "many"}', 'application/json'),
    /not a chat completion/,
  ],
  ['a null choice', 'unusable', sendsText('{"choices": [null]}', 'application/json'), /not a chat completion/],
  ['content of a wrong type', 'unusable', completes({ content: 42 }), /not a chat completion/],
  [
    'an error in a 200',
    'unusable',
    sendsText('{"error": {"message": "upstream is busy"}}', 'application/json'),
    /"upstream is busy"/,
  ],
  [
    'a refusal',
    'refused',
    completes({ refusal: 'I cannot help with that.' }),
    /it refused \("I cannot help with that\."\)/,
  ],
  ['a content filter', 'refused', completes({ content: 'The', finishReason: 'content_filter' }), /content filter/],
  ['null content', 'refused', completes({ content: null }), /its message is empty/],
  ['no tokens left', 'refused', completes({ content: '', finishReason: 'length' }), /ran out of tokens/],
  ['a cut stream', 'network', cutsOff(), /connection broke off, at http:\/\/127\.0\.0\.1:\d+/],
  ['a hang-up', 'network', hangsUp(), /connection broke off/],
  ['a hang', 'timeout', hangs(), /it took longer than 0\.4 s/],
  ['a trickle', 'timeout', trickles(), /it took longer than 0\.4 s/],
  [
    'the 429 of whoever is behind a gateway',
    'rate-limit',
    sendsText('{"error": {"message": "upstream is busy", "code": 429}}', 'application/json'),
    /"upstream is busy"/,
  ],
  ['402', 'quota', failsWith(402, { error: { message: 'insufficient balance' } }), /quota is used up \(402\)/],
  ['413', 'context', failsWith(413, { error: { message: 'too large' } }), /"413 too large"/],
];

describe('a failing endpoint', () => {
  it.each(FAILURES)(
    '%s ends in time as %s with its reason, asked once, the key unsaid',
    async (_, kind, reply, reason) => {
      await using llm = await startScriptedLlm(reply);
      const started = performance.now();
      const error = await failureOf({ baseUrl: llm.baseUrl });
      expect(performance.now() - started).toBeLessThan(TIMEOUT_MS + 400);
      expect(error).toMatchObject({ code: 'llm-unavailable', kind });
      expect(error.message).toMatch(/^The LLM m gave no answer: .+\.$/s);
      expect(error.message).toMatch(reason);
      expect(JSON.stringify([error, error.message, error.cause, error.stack])).not.toContain(KEY);
      expect([llm.requests.length, llm.refused]).toEqual([1, []]);
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    },
  );

  it.each([
    ['an unknown host', 'http://no-such-host.invalid/v1', /host name/],
    ['credentials in the URL', 'http://me:secret@127.0.0.1:9/v1', /^((?!secret).)*$/s],
    ['no URL at all', 'nonsense', /a base URL that is none/],
  ])('%s is llm-unavailable', async (_, baseUrl, reason) => {
    const error = await failureOf({ baseUrl });
    expect(error.code).toBe('llm-unavailable');
    expect(error.message).toMatch(reason);
  });

  it.each([
    ['20', 20_000],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 10_000],
    ['when I say so', undefined],
    [undefined, undefined],
  ])('that says Retry-After: %s asks for %s ms', async (told, expected) => {
    const headers = { date: 'Sun, 01 Mar 2026 12:00:20 GMT', ...(told === undefined ? {} : { 'retry-after': told }) };
    for (const status of [429, 503]) {
      await using llm = await startScriptedLlm(failsWith(status, {}, headers));
      expect(await failureOf({ baseUrl: llm.baseUrl })).toMatchObject({ status, retryAfterMs: expected });
    }
  });

  it('that refuses after it has worked says what that took', async () => {
    await using llm = await startScriptedLlm(completes({ refusal: 'No.' }));
    expect((await failureOf({ baseUrl: llm.baseUrl })).tokens).toEqual({ input: 100, output: 20 });
  });

  it('is called by its own name where it has one', async () => {
    await using llm = await startScriptedLlm(sendsHtml());
    expect((await failureOf({ baseUrl: llm.baseUrl, name: 'spare' })).message).toMatch(/^The LLM spare gave/);
  });

  it.each([KEY, undefined])(
    'that sends without end is hung up on long before its time is over (key: %s)',
    async (apiKey) => {
      await using server = await startScriptedLlm(floods());
      const model = createOpenAiChatModel({ baseUrl: server.baseUrl, model: 'm', timeoutMs: 60_000, apiKey });
      const asked = model.complete(REQUEST, new AbortController().signal);
      await expect(asked).rejects.toMatchObject({
        kind: 'unusable',
        message: 'The LLM m gave no answer: its reply is longer than 8 MB.',
      });
    },
  );

  it('a port that nobody listens on is llm-unavailable', async () => {
    const gone = await startScriptedLlm();
    await gone[Symbol.asyncDispose]();
    const { code, message } = await failureOf({ baseUrl: gone.baseUrl });
    expect(code).toBe('llm-unavailable');
    expect(message).toMatch(/connection was refused, at http:\/\/127\.0\.0\.1:\d+\./);
  });

  it('a key that the excerpt of a long message would cut in two stays unsaid', async () => {
    const message = `${'x'.repeat(190)} ${KEY}`;
    await using llm = await startScriptedLlm(failsWith(400, { error: { message } }));
    expect((await failureOf({ baseUrl: llm.baseUrl })).message).not.toContain('sk-');
  });

  it.each([undefined, ''])('an endpoint that wants a key says so when it is %j', async (apiKey) => {
    await using llm = await startScriptedLlm(failsWith(401, {}));
    expect((await failureOf({ baseUrl: llm.baseUrl, apiKey })).message).toMatch(/wants an API key \(401\)/);
  });
});

describe("the caller's signal", () => {
  it('ends a hanging request at once, and says whether it was a deadline or a cancellation', async () => {
    await using llm = await startScriptedLlm(hangs(), hangs());
    const deadline = await failureOf({ baseUrl: llm.baseUrl, timeoutMs: 60_000 }, AbortSignal.timeout(100));
    expect([deadline.kind, deadline.message]).toEqual(['cancelled', expect.stringMatching(/the deadline has passed/)]);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const cancelled = await failureOf({ baseUrl: llm.baseUrl, timeoutMs: 60_000 }, controller.signal);
    expect(cancelled.message).toMatch(/was cancelled/);
  });

  it('that has already aborted sends nothing', async () => {
    await using llm = await startScriptedLlm();
    await failureOf({ baseUrl: llm.baseUrl }, AbortSignal.abort());
    expect(llm.requests).toEqual([]);
  });
});

describe('a working endpoint', () => {
  it('gives text, model and tokens, and was asked in plain Chat Completions', async () => {
    await using llm = await startScriptedLlm(answers('hello'));
    const reply = await complete({ baseUrl: llm.baseUrl });
    expect(reply).toEqual({ text: 'hello', model: 'scripted-1', tokens: { input: 100, output: 20 } });
    expect(llm.requests[0]?.body).toEqual({
      model: 'm',
      temperature: 0.2,
      stream: false,
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'what now?' },
      ],
    });
    expect(llm.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it('may send its text in parts, and usage of any shape', async () => {
    const content = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ];
    await using llm = await startScriptedLlm(completes({ content, usage: { prompt_tokens: 'many' } }));
    expect(await complete({ baseUrl: llm.baseUrl })).toEqual({ text: 'ab', model: 'scripted-1' });
  });

  it('is called as it says, but for the key that it echoes and what is too long for a name', async () => {
    const body = { model: `m for ${KEY} ${'x'.repeat(1_000)}`, choices: [{ message: { content: 'a' } }] };
    await using llm = await startScriptedLlm(sendsText(JSON.stringify(body), 'application/json'));
    const { model } = await complete({ baseUrl: llm.baseUrl });
    expect(model).toMatch(/^m for \*\*\* x+$/);
    expect(model).toHaveLength(200);
  });

  it.each([-5_000, 10.5, 1e300])(
    'cannot give tokens back, nor count in anything but numbers of them: %s',
    async (prompt_tokens) => {
      await using llm = await startScriptedLlm(
        completes({ content: 'a', usage: { prompt_tokens, completion_tokens: 1 } }),
      );
      expect((await complete({ baseUrl: llm.baseUrl })).tokens).toBeUndefined();
    },
  );

  it('that accepts one temperature only gets that one', async () => {
    await using llm = await startScriptedLlm(answers('hello'));
    await complete({ baseUrl: llm.baseUrl, temperature: 1 });
    expect(llm.requests[0]?.body).toMatchObject({ temperature: 1 });
  });

  it.each(['gpt-5.2-pro', 'my-codex'])('is never switched to the Responses API by the name %s', async (model) => {
    await using llm = await startScriptedLlm(answers('hello'));
    await complete({ baseUrl: llm.baseUrl, model });
    expect(llm.requests[0]?.path).toBe('/v1/chat/completions');
  });

  it("without a key gets no Authorization header, and never the environment's key or organisation", async () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-somebody-else');
    vi.stubEnv('OPENAI_ORGANIZATION', 'org-of-somebody-else');
    vi.stubEnv('OPENAI_ORG_ID', 'org-of-somebody-else');
    await using llm = await startScriptedLlm(answers('hello'));
    await complete({ baseUrl: llm.baseUrl, apiKey: undefined });
    expect(llm.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(JSON.stringify(llm.requests)).not.toContain('somebody-else');
  });

  it('is all that hears of it: LangSmith gets nothing, even when the environment turns tracing on', async () => {
    await using smith = await startScriptedLlm();
    await using llm = await startScriptedLlm(answers('hello'));
    for (const name of ['LANGSMITH_TRACING', 'LANGSMITH_TRACING_V2', 'LANGCHAIN_TRACING_V2']) vi.stubEnv(name, 'true');
    for (const name of ['LANGSMITH_ENDPOINT', 'LANGCHAIN_ENDPOINT', 'LANGSMITH_GATEWAY'])
      vi.stubEnv(name, smith.baseUrl);
    vi.stubEnv('LANGSMITH_API_KEY', 'ls-key');
    await complete({ baseUrl: llm.baseUrl });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([llm.requests.length, smith.requests]).toEqual([1, []]);
  });
});

function complete(options: Partial<OpenAiChatModelOptions>, signal = new AbortController().signal) {
  const model = createOpenAiChatModel({ baseUrl: '', model: 'm', apiKey: KEY, timeoutMs: TIMEOUT_MS, ...options });
  return model.complete(REQUEST, signal);
}

async function failureOf(options: Partial<OpenAiChatModelOptions>, signal?: AbortSignal): Promise<ModelFailure> {
  const error = await complete(options, signal).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ModelFailure)) throw new Error(`expected a ModelFailure, not ${String(error)}`);
  return error;
}
