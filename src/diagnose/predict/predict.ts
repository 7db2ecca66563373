import type { Provenance, RootCausePrediction } from '../../domain/diagnosis.ts';
import { isPrecedentError } from '../../domain/errors.ts';
import type { ChatModel } from '../../ports.ts';
import type { Evidence } from '../evidence.ts';
import { predictByLlm } from './by-llm.ts';
import { predictByPrecedent } from './by-precedent.ts';

type Attempts = NonNullable<Provenance['attempts']>;

/**
 * The engine asked for, or the best that answers: with a chat model the LLM engine, and the precedent engine whenever
 * that fails or is late. Only the caller's own abort ends a diagnosis; a failing LLM never does.
 */
export async function predict(
  evidence: Evidence,
  engine: 'auto' | 'precedent' | 'llm',
  { chatModel, llmDeadline }: { readonly chatModel: ChatModel | undefined; readonly llmDeadline: () => AbortSignal },
  signal?: AbortSignal,
): Promise<{ prediction: RootCausePrediction; attempts: Attempts }> {
  const byPrecedent = (attempts: Attempts) => ({ prediction: predictByPrecedent(evidence), attempts });
  if (engine === 'precedent' || (engine === 'auto' && !chatModel)) return byPrecedent([]);
  if (!chatModel)
    return byPrecedent([{ model: 'none', reason: 'no LLM is configured: set LLM_BASE_URL and LLM_MODEL' }]);
  const deadline = llmDeadline();
  try {
    return await predictByLlm(evidence, { chatModel }, signal ? AbortSignal.any([signal, deadline]) : deadline);
  } catch (error) {
    signal?.throwIfAborted();
    if (deadline.aborted)
      return byPrecedent([{ model: chatModel.name, reason: 'no answer within the time given to the LLM' }]);
    if (!isPrecedentError(error)) throw error;
    return byPrecedent([{ model: chatModel.name, reason: error.message }]);
  }
}
