import { describe, expect, it } from 'vitest';
import { isPrecedentError } from '../../../domain/errors.ts';
import type { Attempt } from '../../../domain/model-failure.ts';
import { buildLlmEvidence, GOOD_ANSWER } from '../../../testing/llm-evidence.ts';
import { createScriptedChatModel } from '../../../testing/scripted-chat-model.ts';
import { predictByLlm } from './by-llm.ts';

const evidence = buildLlmEvidence();

async function predictFrom(...answers: readonly object[]) {
  const chatModel = createScriptedChatModel(...answers.map((answer) => JSON.stringify(answer)));
  const attempts: Attempt[] = [];
  const onAttempt = (attempt: Attempt) => attempts.push(attempt);
  const result = await predictByLlm(evidence, { chatModel, onAttempt }, new AbortController().signal);
  return { ...result, attempts, requests: chatModel.requests };
}

describe('a good answer', () => {
  it('becomes a prediction in the names, steps and words of the evidence', async () => {
    const { prediction, attempts, prompt, model, requests } = await predictFrom(GOOD_ANSWER);
    expect(prediction.engine).toBe('llm');
    expect(prediction.rootCause).toEqual({
      category: 'load-spike',
      service: 'pre-processor',
      summary: GOOD_ANSWER.summary,
    });
    expect(
      prediction.mitigation.map(({ step, commands, citation }) => [step, commands.length, citation.source.line]),
    ).toEqual([
      ['Scale pre-processor to three replicas.', 1, 30],
      ['Raise WORKER_THREADS to 4.', 1, 40],
    ]);
    expect([attempts, prompt.version, model]).toEqual([[], 'diagnose.v2', 'scripted-1']);
    expect(requests[0]?.temperature).toBe(0.2);
  });

  it('cites the section in which the quoted words stand', async () => {
    const { prediction } = await predictFrom({
      ...GOOD_ANSWER,
      citations: [{ id: 'P1', quote: 'the rate rose from 1 to 3 req/s' }],
      hypotheses: [],
    });
    expect(prediction.hypotheses[0]?.citations).toMatchObject([
      { document: 'incident:2026/load', source: { path: 'incidents/2026/load.md', line: 12 } },
    ]);
  });

  it('leads with its root cause; support never exceeds 1 in sum', async () => {
    const [first, second] = GOOD_ANSWER.hypotheses;
    const { prediction } = await predictFrom({
      ...GOOD_ANSWER,
      hypotheses: [
        { ...second, support: '90 %' },
        { ...first, support: 0.9 },
      ],
    });
    expect(prediction.hypotheses.map(({ category }) => category)).toEqual(['load-spike', 'dns']);
    expect(prediction.hypotheses.reduce((sum, { support }) => sum + support, 0)).toBeCloseTo(1);
  });

  it('gives the check in the words of the runbook', async () => {
    const { prediction } = await predictFrom(GOOD_ANSWER);
    expect(prediction.hypotheses[0]?.check).toMatchObject({
      text: 'Compare the request rate with yesterday',
      citation: { document: 'runbook:pre-processor/High', source: { line: 15 } },
    });
  });

  it('may cite alert and traces alone, as an unseen cause must', async () => {
    const { prediction } = await predictFrom({
      category: 'unseen',
      service: null,
      summary: 'Nothing like this happened before.',
      citations: [{ id: 'T1', quote: 'own time rose from 2.6 ms' }],
    });
    expect(prediction.rootCause).toMatchObject({ category: 'unseen', service: null });
    expect(prediction.hypotheses).toMatchObject([{ category: 'unseen', citations: [] }]);
  });

  it.each([
    ['keeps its service when the cited block shows it', 'T1', 'own time rose from 2.6 ms', 'pre-processor'],
    ['names no service that the cited block does not show', 'A1', 'p95 latency of web-server', null],
  ])('of an unseen cause %s', async (_, id, quote, service) => {
    const { prediction } = await predictFrom({
      category: 'unseen',
      service: 'pre-processor',
      summary: 'Nothing like this happened before.',
      citations: [{ id, quote }],
    });
    expect(prediction.rootCause).toMatchObject({ category: 'unseen', service });
  });

  it('may name causes that act together with the root cause, each with citations of its own', async () => {
    const [, dns] = GOOD_ANSWER.hypotheses;
    const { prediction } = await predictFrom({
      ...GOOD_ANSWER,
      contributing: [
        dns,
        { ...dns, service: 'web-server', citations: [{ id: 'P2', quote: 'the moon was full that night' }] },
        GOOD_ANSWER.hypotheses[0],
      ],
    });
    expect(prediction.contributing).toMatchObject([
      { category: 'dns', service: 'inference-server', citations: [{ document: 'incident:2025/dns' }] },
    ]);
  });

  it('names no contributing causes where there are none', async () => {
    expect((await predictFrom({ ...GOOD_ANSWER, contributing: null })).prediction).not.toHaveProperty('contributing');
  });
});

describe('what evidence does not bear out is dropped', () => {
  it.each([
    ['a service nobody knows', { service: 'billing' }, { service: null }],
    ['a category that was no choice', { category: 'sabotage' }, { category: 'unseen' }],
    [
      'another spelling is the same name',
      { service: 'Pre_Processor', category: 'Load spike' },
      { service: 'pre-processor', category: 'load-spike' },
    ],
  ])('%s', async (_, change, expected) => {
    const { prediction } = await predictFrom({ ...GOOD_ANSWER, ...change });
    expect(prediction.rootCause).toMatchObject(expected);
  });

  it('steps that were not listed', async () => {
    const { prediction } = await predictFrom({
      ...GOOD_ANSWER,
      mitigation: ['P1.9', 'P7.1', 'rm -rf /', 'p1.2', 'P1.2', 'constructor', '__proto__'],
    });
    expect(prediction.mitigation.map(({ step }) => step)).toEqual(['Ask the owner of the load test to stop it.']);
  });

  it('hypotheses whose quotes are invented, and checks', async () => {
    const [first, second] = GOOD_ANSWER.hypotheses;
    const { prediction } = await predictFrom({
      ...GOOD_ANSWER,
      hypotheses: [
        { ...first, check: { id: 'R1', quote: 'look at the phase of the moon' } },
        { ...second, citations: [{ id: 'P2', quote: 'the database ran out of disk' }] },
      ],
    });
    expect(prediction.hypotheses).toMatchObject([{ category: 'load-spike', check: null }]);
  });

  it.each([
    ['a step of the alert', { id: 'A1', quote: 'p95 latency of web-server is above 1 s' }],
    ['a label of ours', { id: 'R1', quote: 'Services: pre-processor Alerts: PreProcessorLatencyHigh' }],
    ['a block that was not shown', { id: 'R7', quote: 'Compare the request rate with yesterday' }],
    ['words of another block', { id: 'R1', quote: 'Calls to inference-server hung before they were sent' }],
  ])('a check that quotes %s', async (_, check) => {
    const [first] = GOOD_ANSWER.hypotheses;
    const { prediction } = await predictFrom({ ...GOOD_ANSWER, hypotheses: [{ ...first, check }] });
    expect(prediction.hypotheses[0]?.check).toBeNull();
  });

  it('a hypothesis without form, and nothing beside it', async () => {
    const [first, second] = GOOD_ANSWER.hypotheses;
    const { prediction, requests } = await predictFrom({
      ...GOOD_ANSWER,
      hypotheses: [first, { category: 7 }, second],
    });
    expect(prediction.hypotheses.map(({ category }) => category)).toEqual(['load-spike', 'dns']);
    expect(requests).toHaveLength(1);
  });

  it('checks of a runbook that was replaced; its steps say so', async () => {
    const superseded = new Map([['runbook:pre-processor/High', 'runbook:pre-processor/New']]);
    const chatModel = createScriptedChatModel(JSON.stringify(GOOD_ANSWER));
    const asked = predictByLlm({ ...evidence, superseded }, { chatModel }, new AbortController().signal);
    const { hypotheses, mitigation } = (await asked).prediction;
    expect(hypotheses[0]?.check).toBeNull();
    expect(mitigation.map(({ supersededBy }) => supersededBy)).toEqual([undefined, 'runbook:pre-processor/New']);
  });

  it('citations of what was not shown, but not the claim while one is left', async () => {
    const { prediction } = await predictFrom({
      ...GOOD_ANSWER,
      citations: [{ id: 'P9', quote: 'One worker thread was saturated' }, ...GOOD_ANSWER.citations],
      hypotheses: [],
    });
    expect(prediction.hypotheses[0]?.citations).toHaveLength(1);
  });
});

describe('a root cause of which no quote is real', () => {
  const invented = { ...GOOD_ANSWER, citations: [{ id: 'P1', quote: 'a bug in the scheduler of the kernel' }] };

  it('may be mended once: the model is told that its quotes were not found', async () => {
    const { prediction, attempts, requests } = await predictFrom(invented, GOOD_ANSWER);
    expect(prediction.rootCause.category).toBe('load-spike');
    expect(attempts).toMatchObject([
      { reason: expect.stringMatching(/citations: cite at least one block that was shown \(A1, T1, G1, P1/) },
    ]);
    expect(requests[1]?.user).toContain('a bug in the scheduler of the kernel');
  });

  it('is llm-answer-invalid when it stays so', async () => {
    const error = await predictFrom(invented, { ...invented, citations: [] }).catch((thrown: unknown) => thrown);
    expect(isPrecedentError(error, 'llm-answer-invalid')).toBe(true);
  });
});
