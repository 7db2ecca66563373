import type { LlmUse, Provenance, RootCausePrediction } from '../../domain/diagnosis.ts';
import { type Attempt, attemptsOf } from '../../domain/model-failure.ts';
import { type MeteredChatModel, meterChatModel } from '../../llm/metered-chat-model.ts';
import type { ChatModel } from '../../ports.ts';
import { type LlmFeatures, scoreByLlm } from '../confidence/by-llm.ts';
import type { Evidence } from '../evidence.ts';
import { predictByPrecedent } from './by-precedent.ts';
import { type LlmSettings, predictByLlm } from './llm/by-llm.ts';
import { countAlike, LATE, listFailures } from './llm/by-llm-attempts.ts';
import { DIAGNOSE_PROMPT_VERSION } from './llm/prompts/diagnose-prompt.v2.ts';
import { SCORE_PROMPTS_VERSION } from './llm/prompts/score-prompts.v1.ts';

export interface LlmPorts {
  /** Absent when no LLM is configured. */
  readonly chatModel: ChatModel | undefined;
  /** A fresh signal that fires when the LLM has had time enough: for all its answers and scores together. */
  readonly llmDeadline: () => AbortSignal;
  readonly llmSettings?: LlmSettings;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
}

export interface Predicted {
  readonly prediction: RootCausePrediction;
  readonly attempts: NonNullable<Provenance['attempts']>;
  /** What the LLM took, also when nothing came of it; absent when none was asked. */
  readonly llm?: LlmUse;
  /** What it thinks of its own answer; absent when nobody asked it, and after an answer by precedent. */
  readonly llmFeatures?: LlmFeatures;
}

/**
 * The engine asked for, or the best that answers: with a chat model the LLM engine, and the precedent engine whenever
 * that fails or is late. Only the caller's own abort ends a diagnosis; a failing LLM never does.
 */
export async function predict(
  evidence: Evidence,
  engine: 'auto' | 'precedent' | 'llm',
  ports: LlmPorts,
  signal?: AbortSignal,
): Promise<Predicted> {
  const { chatModel } = ports;
  if (engine === 'precedent' || (engine === 'auto' && !chatModel))
    return { prediction: predictByPrecedent(evidence), attempts: [] };
  if (chatModel) return askLlm(evidence, chatModel, ports, signal);
  const reason = 'no LLM is configured: set LLM_BASE_URL and LLM_MODEL';
  return { prediction: predictByPrecedent(evidence), attempts: [{ model: 'none', reason }] };
}

async function askLlm(
  evidence: Evidence,
  model: ChatModel,
  { llmDeadline, llmSettings: settings = {}, elapsed }: LlmPorts,
  signal: AbortSignal | undefined,
): Promise<Predicted> {
  const deadline = llmDeadline();
  const until = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const chatModel = meterChatModel(model);
  const attempts: Attempt[] = [];
  const onAttempt = (attempt: Attempt) => attempts.push(attempt);
  const start = elapsed();
  const use = (name: string, isScored: boolean) => toLlmUse(chatModel, name, isScored, elapsed() - start);
  try {
    const said = await predictByLlm(evidence, { chatModel, settings, onAttempt }, until);
    const scoring = { chatModel, samples: settings.scoreSamples ?? 0, onAttempt };
    const before = chatModel.spent().calls;
    const llmFeatures = await scoreByLlm(said.prediction, said.prompt.exhibits, scoring, until);
    signal?.throwIfAborted();
    const llm = use(said.model, chatModel.spent().calls > before);
    return { prediction: said.prediction, attempts: countAlike(attempts), llm, llmFeatures };
  } catch (error) {
    signal?.throwIfAborted();
    const isSilent = deadline.aborted && attemptsOf(error).length === 0;
    attempts.push(...(isSilent ? [{ model: model.name, reason: LATE }] : listFailures(error, model.name)));
    const llm = use(model.name, false);
    return { prediction: predictByPrecedent(evidence), attempts: countAlike(attempts), llm };
  }
}

function toLlmUse(chatModel: MeteredChatModel, model: string, isScored: boolean, ms: number): LlmUse {
  return {
    model,
    prompts: [DIAGNOSE_PROMPT_VERSION, ...(isScored ? [SCORE_PROMPTS_VERSION] : [])],
    ms: Math.round(ms),
    ...chatModel.spent(),
  };
}
