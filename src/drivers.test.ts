import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeTinyReranker } from './adapters/__fixtures__/tiny-reranker.ts';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { createPorts, type Settled } from './drivers.ts';
import { isModelPool } from './llm/pool/pool.ts';
import type { Ports, Reranker, TraceSource } from './ports.ts';
import { answers, limitsRate, startScriptedLlm } from './testing/scripted-llm.ts';

const scratch = mkdtempSync(join(tmpdir(), 'precedent-drivers-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function settled(settings: Readonly<Record<string, string>>): Settled {
  return readConfig({ DATA_DIR: scratch, ...settings }, join(scratch, 'none.yaml'));
}

function portsOf(settings: Readonly<Record<string, string>>, overrides: Partial<Ports> = {}): Ports {
  return createPorts(settled(settings), overrides, async (text) => ({ text, counts: {} }), undefined);
}

describe('the reranker', () => {
  it('is absent unless one is configured', () => {
    expect(portsOf({}).reranker).toBeUndefined();
  });

  it('is the configured model, untouched until it is asked', async () => {
    const model = join(scratch, 'tiny');
    await using reranker = portsOf({ RERANKER_MODEL: model }).reranker;
    expect(reranker?.name).toBe(model);
    await writeTinyReranker(model);
    expect(await reranker?.score('disk full', ['disk full'])).toEqual([expect.closeTo(0.982, 3)]);
  });

  it('is the one handed in, whatever is configured, and is closed with the app', async () => {
    let isClosed = false;
    const close = async () => {
      isClosed = true;
    };
    const own: Reranker = { name: 'own', maxPairs: 1, score: async () => [], [Symbol.asyncDispose]: close };
    expect(portsOf({ RERANKER_MODEL: 'someone/else' }, { reranker: own }).reranker).toBe(own);
    await createApp(settled({}), { reranker: own })[Symbol.asyncDispose]();
    expect(isClosed).toBe(true);
  });
});

describe('the source of traces', () => {
  it('is absent unless one is configured', () => {
    expect(portsOf({ TRACES_API: 'tempo' }).traceSource).toBeUndefined();
  });

  it('is Jaeger unless told otherwise', () => {
    const url = { TRACES_URL: 'http://127.0.0.1:1' };
    expect(portsOf(url).traceSource?.name).toBe('jaeger');
    expect(portsOf({ ...url, TRACES_API: 'tempo' }).traceSource?.name).toBe('tempo');
  });

  it('is the one handed in, whatever is configured', () => {
    const own: TraceSource = { name: 'own', fetchTraces: async function* () {}, ping: async () => {} };
    expect(portsOf({ TRACES_URL: 'http://127.0.0.1:1' }, { traceSource: own }).traceSource).toBe(own);
  });
});

describe('the LLM', () => {
  const request = { system: 'be brief', user: 'what now?', temperature: 0.2 };

  it('is absent unless one is configured', () => {
    expect(portsOf({}).chatModel).toBeUndefined();
  });

  it('is a pool of the listed models, each with its key, prices and temperature, and says how they are', async () => {
    await using first = await startScriptedLlm(limitsRate(20));
    await using second = await startScriptedLlm(answers('hello'));
    const file = join(scratch, 'precedent.yaml');
    writeFileSync(
      file,
      `models:
  - { name: near, baseUrl: "${first.baseUrl}", model: small }
  - { name: far, baseUrl: "${second.baseUrl}", model: large, apiKeyEnv: FAR_KEY, temperature: 1, inputPrice: 10, maxTokensPerDay: 500 }
`,
    );
    const settled = readConfig({ DATA_DIR: scratch, FAR_KEY: 'canary' }, file);
    const now = () => new Date('2026-03-01T12:00:00Z');
    const { chatModel } = createPorts(settled, { now }, async (text) => ({ text, counts: {} }), undefined);
    if (!isModelPool(chatModel)) throw new Error('a pool is configured');
    const reply = await chatModel.complete(request, AbortSignal.timeout(20_000));
    expect(reply).toMatchObject({ text: 'hello', cost: 0.001, attempts: [{ model: 'near' }] });
    expect(chatModel.listStates()).toMatchObject([
      { name: 'near', model: 'small', state: 'open', tokensToday: 0 },
      { name: 'far', model: 'large', state: 'closed', tokensToday: 120, costToday: 0.001, budget: { maxTokens: 500 } },
    ]);
    expect(first.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(first.requests[0]?.body).toMatchObject({ model: 'small', temperature: 0.2 });
    expect(second.requests[0]?.headers.authorization).toBe('Bearer canary');
    expect(second.requests[0]?.body).toMatchObject({ model: 'large', temperature: 1 });
  });

  it('that costs nothing is asked on when the money of the day is spent', async () => {
    await using paid = await startScriptedLlm(answers('hello'));
    await using free = await startScriptedLlm(answers('for nothing'));
    const file = join(scratch, 'free.yaml');
    writeFileSync(
      file,
      `LLM_MAX_COST_PER_DAY: 0.001
models:
  - { name: paid, baseUrl: "${paid.baseUrl}", model: a, outputPrice: 1000 }
  - { name: free, baseUrl: "${free.baseUrl}", model: b, inputPrice: 0, outputPrice: 0 }
`,
    );
    const { chatModel } = createPorts(
      readConfig({ DATA_DIR: scratch }, file),
      {},
      async (text) => ({ text, counts: {} }),
      undefined,
    );
    expect((await chatModel?.complete(request, AbortSignal.timeout(20_000)))?.text).toBe('hello');
    expect((await chatModel?.complete(request, AbortSignal.timeout(20_000)))?.text).toBe('for nothing');
  });
});
