import { describe, expect, it } from 'vitest';
import { createOpenAiChatModel } from '../adapters/openai-chat-model.ts';
import type { Evidence } from '../diagnose/evidence.ts';
import { predict } from '../diagnose/predict/predict.ts';
import type { Redactor } from '../domain/redaction.ts';
import { PLANTED_SECRETS, type PlantedSecret } from '../redact/__fixtures__/planted-secrets.ts';
import { createRedactor } from '../redact/redact.ts';
import { buildLlmEvidence, GOOD_ANSWER } from '../testing/llm-evidence.ts';
import { createScriptedChatModel } from '../testing/scripted-chat-model.ts';
import { answers, type RecordedRequest, type ScriptedReply, startScriptedLlm } from '../testing/scripted-llm.ts';
import { redactedChatModel } from './redacted-chat-model.ts';

const redact = createRedactor(['secrets', 'emails']);
const base = buildLlmEvidence();

interface Asked {
  readonly requests: readonly RecordedRequest[];
  readonly outcome: Awaited<ReturnType<typeof predict>>;
}

async function ask(evidence: Evidence, redactor: Redactor, ...replies: readonly ScriptedReply[]): Promise<Asked> {
  await using llm = await startScriptedLlm(...replies);
  const model = createOpenAiChatModel({ baseUrl: llm.baseUrl, model: 'm', timeoutMs: 10_000 });
  const chatModel = redactedChatModel(model, redactor);
  const outcome = await predict(evidence, 'llm', {
    chatModel,
    elapsed: () => 0,
    llmDeadline: () => AbortSignal.timeout(10_000),
  });
  return { requests: llm.requests, outcome };
}

/** The same text in the alert, the traces, a postmortem and a runbook. */
function plant(text: string): Evidence {
  return {
    ...base,
    situation: { ...base.situation, text: `${base.situation.text}\n${text}` },
    ...(base.digest ? { digest: { ...base.digest, text: `${base.digest.text}\n${text}` } } : {}),
    precedents: base.precedents.map((ranked) => ({
      ...ranked,
      incident: { ...ranked.incident, sections: ranked.incident.sections.map((section) => ({ ...section, text })) },
    })),
    runbooks: base.runbooks.map((ranked) => ({ ...ranked, excerpt: text })),
  };
}

/** As many at a time as a prompt shows whole. */
function groupPlants(): PlantedSecret[][] {
  const groups: PlantedSecret[][] = [[]];
  for (const planted of PLANTED_SECRETS) {
    const last = groups.at(-1) ?? [];
    const length = last.reduce((sum, { text }) => sum + text.length + 1, planted.text.length);
    if (length > 850 && last.length > 0) groups.push([planted]);
    else last.push(planted);
  }
  return groups;
}

function sentText(requests: readonly RecordedRequest[]): string {
  // The scripted server keeps what was parsed, so that no escape hides a secret.
  const bodies = requests.map(({ body }) => body as { messages: { content: string }[] });
  return bodies.flatMap(({ messages }) => messages.map(({ content }) => content)).join('\n');
}

describe('what leaves for an LLM', () => {
  it(`holds none of ${PLANTED_SECRETS.length} secrets planted in alert, traces, postmortem and runbook`, async () => {
    for (const group of groupPlants()) {
      const evidence = plant(group.map(({ text }) => text).join('\n'));
      const { requests, outcome } = await ask(evidence, redact, answers(GOOD_ANSWER));
      const sent = sentText(requests);
      expect(sent).toContain('(redacted:');
      expect(group.filter(({ secret }) => sent.includes(secret))).toEqual([]);
      expect(outcome).toMatchObject({ prediction: { engine: 'llm' }, attempts: [] });
    }
  });

  it('holds no secret in the repair round either, not even one that the model said', async () => {
    const secret = PLANTED_SECRETS[4]?.secret ?? '';
    const { requests } = await ask(plant(secret), redact, answers(`I saw ${secret}`), answers(GOOD_ANSWER));
    expect(requests).toHaveLength(2);
    expect(sentText(requests)).not.toContain(secret);
  });

  it('holds no half of a token that was cut off', async () => {
    const secret = PLANTED_SECRETS[4]?.secret ?? '';
    const text = `${'x '.repeat(961)}${secret}`;
    const { requests } = await ask(plant(text), redact, answers(GOOD_ANSWER));
    expect(sentText(requests)).not.toContain(secret.slice(0, 8));
  });

  it('is the prompt as it was written when there is nothing to black out', async () => {
    const plain = await ask(base, createRedactor([]), answers(GOOD_ANSWER));
    const redacted = await ask(base, createRedactor(['secrets', 'emails', 'ips']), answers(GOOD_ANSWER));
    expect(sentText(redacted.requests)).toBe(sentText(plain.requests));
  });

  it('is nothing at all when redaction fails: the precedent engine answers and says why', async () => {
    const failing: Redactor = async (text) => {
      throw new Error(`cannot read ${text}`);
    };
    const { requests, outcome } = await ask(plant('password: bluebird'), failing);
    expect(requests).toEqual([]);
    expect(outcome.prediction.engine).toBe('precedent');
    expect(outcome.attempts).toEqual([
      { model: 'm', reason: 'The LLM m was not asked: redaction of the prompt failed.' },
    ]);
  });

  it('does not cost a citation that quotes a mark', async () => {
    const evidence = plant('Logins of ops@example.com fail since the rate rose');
    const quote = 'Logins of (redacted:email) fail since the rate rose';
    const answer = { ...GOOD_ANSWER, citations: [{ id: 'A1', quote }] };
    const { outcome } = await ask(evidence, redact, answers(answer));
    expect(outcome).toMatchObject({ prediction: { engine: 'llm' }, attempts: [] });
  });

  it('keeps the name, the temperature and the deadline of the model', async () => {
    const script = createScriptedChatModel('ok');
    const model = redactedChatModel(script, redact);
    const request = { system: 's', user: 'ask ops@example.com', temperature: 0.7 };
    await model.complete(request, AbortSignal.timeout(1_000));
    expect(model.name).toBe(script.name);
    expect(script.requests).toEqual([{ ...request, user: 'ask (redacted:email)' }]);
  });

  it('keeps what else the model can do', () => {
    const listStates = () => [];
    expect(redactedChatModel({ ...createScriptedChatModel(), listStates }, redact).listStates).toBe(listStates);
  });
});
