import { countAlike, LATE, listFailures } from '../diagnose/predict/llm/by-llm-attempts.ts';
import type { AskProvenance, AskSentence } from '../domain/ask.ts';
import type { ConversationTurn } from '../domain/conversation.ts';
import { type Attempt, attemptsOf } from '../domain/model-failure.ts';
import { estimateTokens } from '../llm/estimate-tokens.ts';
import { fence } from '../llm/fence.ts';
import { type MeteredChatModel, meterChatModel } from '../llm/metered-chat-model.ts';
import { completeStructured } from '../llm/structured.ts';
import type { ChatModel } from '../ports.ts';
import type { Around } from './extract.ts';
import type { FoundSource } from './find-sources.ts';
import { ASK_PROMPT_VERSION, REWRITE_PROMPT_VERSION, writeAskSystem, writeAskUser } from './prompts/ask-prompt.v1.ts';
import { rewriteQuestion } from './rewrite.ts';
import { type ShownDocument, showDocument } from './show-document.ts';
import { keepBorneOut, ModelAnswer } from './verify.ts';

/** The same question should have the same answer. */
const TEMPERATURE = 0;

/** All documents of a prompt; the lowest ranked goes first. */
const MAX_DOCUMENT_TOKENS = 6_000;

export interface LlmPorts {
  /** Absent when no LLM is configured. */
  readonly chatModel: ChatModel | undefined;
  /** A fresh signal that fires when the LLM has had time enough for one question. */
  readonly llmDeadline: () => AbortSignal;
  readonly elapsed: () => number;
}

/** One question's dealings with a chat model: all its calls share a deadline, and what failed is told. */
export interface Interview {
  /** Undefined when the model gave none that holds only words of the conversation. */
  rewrite(question: string, turns: readonly ConversationTurn[]): Promise<string | undefined>;
  /** Sentences that the documents bear out; none when the model failed or said nothing of use. */
  answer(question: string, sources: readonly FoundSource[], around: Around): Promise<AskSentence[]>;
  /** For the provenance. */
  report(): Pick<AskProvenance, 'attempts' | 'llm'>;
}

export function openInterview(model: ChatModel, { llmDeadline, elapsed }: LlmPorts, signal?: AbortSignal): Interview {
  const deadline = llmDeadline();
  const until = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const chatModel = meterChatModel(model);
  const attempts: Attempt[] = [];
  const prompts: string[] = [];
  const onAttempt = (attempt: Attempt) => attempts.push(attempt);
  const start = elapsed();
  let author: string | undefined;

  /** A failing model never ends a question; only the caller's own abort does. */
  async function attempt<T>(prompt: string, ask: () => Promise<T>): Promise<T | undefined> {
    prompts.push(prompt);
    try {
      return await ask();
    } catch (error) {
      signal?.throwIfAborted();
      const isSilent = deadline.aborted && attemptsOf(error).length === 0;
      attempts.push(...(isSilent ? [{ model: model.name, reason: LATE }] : listFailures(error, model.name)));
      return undefined;
    }
  }

  return {
    rewrite: (question, turns) =>
      attempt(REWRITE_PROMPT_VERSION, () => rewriteQuestion(question, turns, { chatModel, onAttempt }, until)),
    async answer(question, sources, around) {
      const said = await attempt(ASK_PROMPT_VERSION, () =>
        ask(question, sources, around, { chatModel, onAttempt }, until),
      );
      author = said?.model;
      if (said && said.sentences.length === 0)
        onAttempt({ model: said.model, reason: 'nothing it said is borne out by the documents' });
      return said?.sentences ?? [];
    },
    report: () => ({
      ...(attempts.length === 0 ? {} : { attempts: countAlike(attempts) }),
      llm: { model: author ?? model.name, prompts, ms: Math.round(elapsed() - start), ...chatModel.spent() },
    }),
  };
}

interface Asking {
  readonly chatModel: MeteredChatModel;
  readonly onAttempt: (attempt: Attempt) => void;
}

async function ask(
  question: string,
  sources: readonly FoundSource[],
  around: Around,
  { chatModel, onAttempt }: Asking,
  signal: AbortSignal,
): Promise<{ readonly sentences: AskSentence[]; readonly model: string }> {
  const shown = fitBudget(sources.map(({ document }, at) => showDocument(document, at + 1, around)));
  const { key, blocks } = fence([...shown, { id: 'Q', text: question }]);
  const request = {
    system: writeAskSystem(key),
    user: writeAskUser(blocks.slice(0, -1).join('\n\n'), blocks.at(-1) ?? ''),
    temperature: TEMPERATURE,
  };
  const { value, model } = await completeStructured(chatModel, request, ModelAnswer, signal, onAttempt);
  return { sentences: keepBorneOut(value, new Map(shown.map((each) => [each.id, each])), around), model };
}

function fitBudget(shown: readonly ShownDocument[]): ShownDocument[] {
  const kept = [...shown];
  const tokens = () => kept.reduce((sum, { text }) => sum + estimateTokens(text), 0);
  while (kept.length > 1 && tokens() > MAX_DOCUMENT_TOKENS) kept.pop();
  return kept;
}
