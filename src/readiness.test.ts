import { expect, it } from 'vitest';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import type { EndpointState } from './domain/endpoint-state.ts';
import type { ModelPool } from './llm/pool/pool.ts';
import type { ChatModel } from './ports.ts';
import { createHashEmbedder } from './testing/hash-embedder.ts';
import { createMemoryCasebook } from './testing/memory-casebook.ts';
import { createMemoryIndex } from './testing/memory-index.ts';
import { startScriptedJaeger } from './testing/scripted-jaeger.ts';
import { failsWith, hangs, type ScriptedReply, sendsHtml } from './testing/scripted-llm.ts';

const PATIENT_MS = 30_000;

async function checkTraces(url: string, limitMs?: number) {
  const settled = readConfig({ TRACES_URL: url, TRACES_TIMEOUT_MS: '300' });
  const ports = { index: createMemoryIndex(), embedder: createHashEmbedder(), casebook: createMemoryCasebook() };
  await using app = createApp(settled, ports);
  return (await app.checkReadiness(limitMs)).find(({ name }) => name === 'traces');
}

it.each<[string, ScriptedReply, RegExp]>([
  ['never answers', hangs(), /: no answer from http:\/\/127\.0\.0\.1:\d+ within 0\.3 s$/],
  ['fails', failsWith(500, 'away'), /http:\/\/127\.0\.0\.1:\d+ .*it failed \(500/],
  ['is something else', sendsHtml(), /http:\/\/127\.0\.0\.1:\d+ .*TRACES_URL/],
])(
  'a store of traces that %s is told to whoever has patience, soon, and makes nothing unready',
  async (_, reply, why) => {
    await using store = await startScriptedJaeger();
    store.always(/./, reply);
    const start = performance.now();
    const check = await checkTraces(store.url, PATIENT_MS);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(check).toEqual({ name: 'traces', ok: true, degraded: true, detail: expect.stringMatching(why) });
  },
);

it('a store of traces that nobody listens for is told likewise, and a probe asks none', async () => {
  expect(await checkTraces('http://127.0.0.1:9', PATIENT_MS)).toMatchObject({ ok: true, degraded: true });
  const probed = await checkTraces('http://127.0.0.1:9');
  expect(probed).toEqual({ name: 'traces', ok: true, detail: 'jaeger, asked only when an alert comes without any' });
});

it('a store of traces that answers is well', async () => {
  await using store = await startScriptedJaeger();
  expect(await checkTraces(store.url, PATIENT_MS)).toEqual({ name: 'traces', ok: true, detail: 'jaeger answers' });
});

const CLOSED = { model: 'm', state: 'closed', inFlight: 0, tokensToday: 0, costToday: 0, budget: {} } as const;

function failed(name: string, reason: string): EndpointState {
  const at = '2026-03-01T12:00:00.000Z';
  const coolUntil = '2026-03-01T12:00:20.000Z';
  return { ...CLOSED, name, state: 'open', coolUntil, lastFailure: { at, kind: 'rate-limit', reason } };
}

async function checkLlm(chatModel: ChatModel) {
  const ports = { index: createMemoryIndex(), embedder: createHashEmbedder(), casebook: createMemoryCasebook() };
  await using app = createApp(readConfig({}, ''), { ...ports, chatModel });
  return (await app.checkReadiness()).find(({ name }) => name === 'llm');
}

it.each<[string, EndpointState[], object]>([
  ['works', [{ ...CLOSED, name: 'a' }], { ok: true, detail: 'a, b, asked only when a diagnosis is' }],
  [
    'has one endpoint that works',
    [failed('a', 'canary'), { ...CLOSED, name: 'b' }],
    {
      ok: true,
      detail: expect.stringMatching(/diagnosis is; left alone: a until .+:20\.000Z \(last failure: rate-limit\)$/),
    },
  ],
  [
    'has no endpoint that works',
    [failed('a', 'canary'), failed('b', 'canary')],
    {
      ok: true,
      degraded: true,
      detail: expect.stringMatching(/answered by precedent; left alone: a until .+, b until/),
    },
  ],
])(
  'a pool of LLMs that %s is told without the words of any server, and makes nothing unready',
  async (_, states, is) => {
    const pool: ModelPool = { name: 'a, b', complete: async () => ({ text: '', model: '' }), listStates: () => states };
    const check = await checkLlm(pool);
    expect(check).toEqual({ name: 'llm', ...is });
    expect(JSON.stringify(check)).not.toContain('canary');
  },
);
