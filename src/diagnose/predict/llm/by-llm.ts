import type { RootCausePrediction } from '../../domain/diagnosis.ts';
import { type Attempt, completeStructured, type StructuredAnswer } from '../../llm/structured.ts';
import type { ChatModel } from '../../ports.ts';
import type { Evidence } from '../evidence.ts';
import { buildAnswerSchema, type ModelAnswer, toPrediction } from './llm-answer.ts';
import { buildDiagnosePrompt, type PromptSettings } from './prompt.ts';

export interface LlmSettings {
  readonly prompt?: Partial<PromptSettings>;
  readonly temperature?: number;
}

export interface LlmPrediction {
  readonly prediction: RootCausePrediction;
  /** Tries that came to nothing before this one. */
  readonly attempts: Attempt[];
  readonly tokens?: NonNullable<StructuredAnswer<ModelAnswer>['tokens']>;
  readonly promptVersion: string;
}

/**
 * The engine that asks a model: evidence → prompt → answer → what of it the evidence bears out.
 * Errors: `llm-unavailable`, and `llm-answer-invalid` when the answer has no form or none of its quotes is real.
 */
export async function predictByLlm(
  evidence: Evidence,
  { chatModel, settings = {} }: { readonly chatModel: ChatModel; readonly settings?: LlmSettings },
  signal: AbortSignal,
): Promise<LlmPrediction> {
  const prompt = buildDiagnosePrompt(evidence, settings.prompt);
  const request = { system: prompt.system, user: prompt.user, temperature: settings.temperature ?? 0.2 };
  const { value, attempts, tokens } = await completeStructured(chatModel, request, buildAnswerSchema(prompt), signal);
  return {
    prediction: toPrediction(value, prompt),
    attempts: [...attempts],
    ...(tokens ? { tokens } : {}),
    promptVersion: prompt.version,
  };
}
