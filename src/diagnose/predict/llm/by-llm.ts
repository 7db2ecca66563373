import type { RootCausePrediction } from '../../../domain/diagnosis.ts';
import type { Attempt } from '../../../domain/model-failure.ts';
import { completeStructured } from '../../../llm/structured.ts';
import type { ChatModel } from '../../../ports.ts';
import type { Evidence } from '../../evidence.ts';
import { type Agreement, agreeOn } from './by-llm-agreement.ts';
import { listFailures } from './by-llm-attempts.ts';
import { buildAnswerSchema, toPrediction } from './llm-answer.ts';
import { buildDiagnosePrompt, type DiagnosePrompt, type PromptSettings } from './prompt.ts';

/** Absent ones are as without any settings: one answer, and nobody scores it. */
export interface LlmSettings {
  /** Of a single answer; several are always drawn at 1, where they differ as much as the model doubts. */
  readonly temperature?: number;
  /** Precedents shown as examples, at most. */
  readonly examples?: number;
  readonly exampleOrder?: PromptSettings['order'];
  readonly promptTokens?: number;
  /** Answers to one question. */
  readonly samples?: number;
  /** Whether those that choose also count. */
  readonly agreement?: Agreement;
  /** Opinions of the evidence and of the cause. */
  readonly scoreSamples?: number;
}

export interface LlmPrediction {
  readonly prediction: RootCausePrediction;
  /** The model that gave it. */
  readonly model: string;
  readonly prompt: DiagnosePrompt;
}

const DEFAULT_TEMPERATURE = 0.2;
const SAMPLING_TEMPERATURE = 1;

interface Asking {
  readonly chatModel: ChatModel;
  readonly settings?: LlmSettings;
  /** Told of what was tried in vain, in order, also when no answer comes of it. */
  readonly onAttempt?: (attempt: Attempt) => void;
}

/**
 * The engine that asks a model: evidence → prompt → answers → what of them the evidence bears out and most of them say.
 * Errors: `llm-unavailable`, and `llm-answer-invalid` when the answer has no form or none of its quotes is real.
 */
export async function predictByLlm(
  evidence: Evidence,
  { chatModel, settings = {}, onAttempt = () => {} }: Asking,
  signal: AbortSignal,
): Promise<LlmPrediction> {
  const prompt = buildDiagnosePrompt(evidence, toPromptSettings(settings));
  const samples = settings.samples ?? 1;
  const temperature = samples > 1 ? SAMPLING_TEMPERATURE : (settings.temperature ?? DEFAULT_TEMPERATURE);
  const request = { system: prompt.system, user: prompt.user, temperature };
  const schema = buildAnswerSchema(prompt);
  const ask = async () => {
    const { value, model } = await completeStructured(chatModel, request, schema, signal, onAttempt);
    return { prediction: toPrediction(value, prompt), model };
  };
  if (samples === 1) return { ...(await ask()), prompt };

  const asked = await Promise.allSettled(Array.from({ length: samples }, ask));
  const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const [first, ...others] = answers;
  // Where none answered, whoever asked tells of the failure that is thrown.
  const told = first ? failed : failed.slice(0, -1);
  for (const attempt of told.flatMap((error) => listFailures(error, chatModel.name))) onAttempt(attempt);
  if (!first) throw failed.at(-1);
  const predictions = [first.prediction, ...others.map((answer) => answer.prediction)] as const;
  const prediction = agreeOn(predictions, settings.agreement);
  const author = answers.find((answer) => answer.prediction.rootCause === prediction.rootCause) ?? first;
  return { prediction, model: author.model, prompt };
}

function toPromptSettings({ examples, exampleOrder, promptTokens }: LlmSettings): Partial<PromptSettings> {
  return {
    ...(examples === undefined ? {} : { precedents: examples }),
    ...(exampleOrder === undefined ? {} : { order: exampleOrder }),
    ...(promptTokens === undefined ? {} : { maxTokens: promptTokens }),
  };
}
