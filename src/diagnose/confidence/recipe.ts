import type { EngineName } from '../../domain/engine.ts';
import type { ChatModel } from '../../ports.ts';
import type { LlmSettings } from '../predict/llm/by-llm.ts';
import { DIAGNOSE_PROMPT_VERSION } from '../predict/llm/prompts/diagnose-prompt.v2.ts';
import { SCORE_RECIPE } from './raw-scores.ts';

/**
 * How an engine's scores are made. A model's mean what the model, the words it was asked with and the number of its
 * answers make of them: with other models or settings an older calibration is not used.
 */
export function recipeOf(
  engine: EngineName,
  {
    chatModel,
    llmSettings = {},
  }: { readonly chatModel: Pick<ChatModel, 'name'> | undefined; readonly llmSettings?: LlmSettings },
): string {
  if (engine === 'precedent' || chatModel === undefined) return SCORE_RECIPE;
  const { samples = 1, agreement = 'plain' } = llmSettings;
  const answers = samples === 1 ? '1 answer' : `${samples} answers, ${agreement}`;
  return `${SCORE_RECIPE} of ${chatModel.name}, ${DIAGNOSE_PROMPT_VERSION}, ${answers}`;
}
