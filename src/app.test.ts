import { describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { PrecedentError } from './domain/errors.ts';
import { DiagnosisRequest } from './domain/request.ts';
import type { ChatModel, Ports } from './ports.ts';
import { createHashEmbedder } from './testing/hash-embedder.ts';
import { createKnowledgeFolder } from './testing/knowledge-folder.ts';
import { createMemoryCasebook } from './testing/memory-casebook.ts';
import { createMemoryIndex } from './testing/memory-index.ts';
import { createScriptedChatModel } from './testing/scripted-chat-model.ts';
import { answers, hangs, limitsRate, type ScriptedReply, sendsHtml, startScriptedLlm } from './testing/scripted-llm.ts';

const INCIDENT = `---
services: [pre-processor]
category: load-spike
rootCause: { service: pre-processor, summary: One worker thread was saturated by three requests a second. }
---
# Pre-processor saturated

## Detection

The p95 latency of pre-processor rose above one second.

## Root cause

One worker thread was saturated by three requests a second.

## Resolution

1. Scaled the pre-processor to three replicas.
`;

const REQUEST = DiagnosisRequest.parse({
  alert: {
    labels: { alertname: 'PreProcessorLatencyHigh', service: 'pre-processor' },
    annotations: { summary: 'p95 latency of pre-processor is above one second' },
  },
});

const ANSWER = {
  reasoning: 'The same symptom as in P1.',
  category: 'load-spike',
  service: 'pre-processor',
  summary: 'Too many requests for one thread.',
  citations: [{ id: 'P1', quote: 'One worker thread was saturated by three requests a second' }],
  hypotheses: [],
  mitigation: ['P1.1'],
};

async function ask(replies: readonly ScriptedReply[], env: NodeJS.ProcessEnv = {}) {
  await using llm = await startScriptedLlm(...replies);
  await using folder = await createKnowledgeFolder({ 'incidents/2026/2026-02-11-saturated.md': INCIDENT });
  const settings = { KNOWLEDGE_DIR: folder.path, LLM_BASE_URL: llm.baseUrl, LLM_MODEL: 'scripted', ...env };
  await using app = openApp(settings);
  await app.ingest();
  return app.desk.complete(REQUEST);
}

function openApp(settings: NodeJS.ProcessEnv, ports: Partial<Ports> = {}) {
  const drivers = { index: createMemoryIndex(), embedder: createHashEmbedder(), casebook: createMemoryCasebook() };
  return createApp(readConfig(settings, ''), { ...drivers, ...ports });
}

describe('the program as a whole, with an LLM on a real socket', () => {
  it('lets the LLM answer, with the steps of the precedent that it chose', async () => {
    const diagnosis = await ask([answers(ANSWER)]);
    expect(diagnosis).toMatchObject({ engine: 'llm', kind: 'answered', rootCause: { category: 'load-spike' } });
    expect(diagnosis.rootCause.summary).toBe('Too many requests for one thread.');
    expect(diagnosis.mitigation.map(({ step }) => step)).toEqual(['Scaled the pre-processor to three replicas.']);
  });

  it.each([
    ['is limited', [limitsRate()]],
    ['answers a web page', [sendsHtml()]],
    ['hangs', [hangs()]],
    ['answers nonsense twice', [answers('I think it is DNS.'), answers('It is always DNS.')]],
  ])('answers by precedent and says why when the LLM %s', async (_how, replies) => {
    const diagnosis = await ask(replies, { LLM_TIMEOUT_MS: '400' });
    expect(diagnosis).toMatchObject({ engine: 'precedent', kind: 'answered', rootCause: { category: 'load-spike' } });
    expect(diagnosis.provenance.attempts?.at(-1)).toEqual({ model: 'scripted', reason: expect.stringMatching(/\w+/) });
  });

  it('does not ask it when the caller wants the precedent engine', async () => {
    await using folder = await createKnowledgeFolder({ 'incidents/2026/2026-02-11-saturated.md': INCIDENT });
    await using app = openApp({ KNOWLEDGE_DIR: folder.path, LLM_BASE_URL: 'http://127.0.0.1:9/v1', LLM_MODEL: 'none' });
    await app.ingest();
    const diagnosis = await app.desk.complete({ ...REQUEST, options: { k: 3, engine: 'precedent', traces: 'auto' } });
    expect(diagnosis.provenance.attempts).toBeUndefined();
  });
});

it('gives a chat model that was handed in time to answer, without LLM settings', async () => {
  await using folder = await createKnowledgeFolder({ 'incidents/2026/2026-02-11-saturated.md': INCIDENT });
  const scripted = createScriptedChatModel(JSON.stringify(ANSWER));
  const thinking = new Promise((resolve) => setTimeout(resolve, 20));
  const chatModel: ChatModel = {
    ...scripted,
    complete: (request, signal) => thinking.then(() => scripted.complete(request, signal)),
  };
  await using app = openApp({ KNOWLEDGE_DIR: folder.path }, { chatModel });
  await app.ingest();
  expect(await app.desk.complete(REQUEST)).toMatchObject({ engine: 'llm' });
});

describe('readiness', () => {
  it('waits for nobody: a dependency that does not answer is not ready', async () => {
    const casebook = { ...createMemoryCasebook(), ping: () => new Promise<void>(() => {}) };
    await using app = openApp({}, { casebook });
    const checks = await app.checkReadiness();
    expect(checks).toContainEqual({ name: 'casebook', ok: false, detail: 'no answer within 2 s' });
    expect(checks).toContainEqual({ name: 'index', ok: true, detail: 'answers' });
  });

  it('says that the index is down even while what was loaded from it is served', async () => {
    const index = createMemoryIndex();
    const away = () => Promise.reject(new PrecedentError('index-unavailable', 'Chroma is away'));
    let isAway = false;
    await using folder = await createKnowledgeFolder({ 'incidents/2026/2026-02-11-saturated.md': INCIDENT });
    const flaky = { ...index, ping: (signal?: AbortSignal) => (isAway ? away() : index.ping(signal)) };
    await using app = openApp({ KNOWLEDGE_DIR: folder.path }, { index: flaky });
    await app.ingest();
    await app.getServiceGraph();
    isAway = true;
    const checks = await app.checkReadiness();
    expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['index']);
  });

  it('names what is missing before the first ingest', async () => {
    await using app = openApp({});
    const checks = await app.checkReadiness();
    expect(checks.filter(({ ok }) => !ok)).toEqual([
      { name: 'knowledge', ok: false, detail: expect.stringContaining('precedent ingest') },
    ]);
  });

  it('says that another model is configured, and how to mend it', async () => {
    const index = createMemoryIndex();
    await using folder = await createKnowledgeFolder({ 'incidents/2026/2026-02-11-saturated.md': INCIDENT });
    await openApp({ KNOWLEDGE_DIR: folder.path }, { index }).ingest();
    const other = createHashEmbedder();
    const embedder = { ...other, describe: async () => ({ id: 'other', checksum: 'x', dimension: 8 }) };
    const [, , , knowledge] = await openApp({ KNOWLEDGE_DIR: folder.path }, { index, embedder }).checkReadiness();
    expect(knowledge?.detail).toMatch(/index-model-mismatch: .*precedent ingest/);
  });
});
