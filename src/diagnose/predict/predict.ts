import type { Provenance, RootCausePrediction } from '../../domain/diagnosis.ts';
import { isPrecedentError, messageOf } from '../../domain/errors.ts';
import type { ChatModel } from '../../ports.ts';
import type { Evidence } from '../evidence.ts';
import { type LlmSettings, predictByLlm } from './by-llm.ts';
import { predictByPrecedent } from './by-precedent.ts';

type Attempts = NonNullable<Provenance['attempts']>;

export interface LlmPorts {
  /** Absent when no LLM is configured. */
  readonly chatModel: ChatModel | undefined;
  /** A fresh signal that fires when the LLM has had time enough. */
  readonly llmDeadline: () => AbortSignal;
  readonly llmSettings?: LlmSettings;
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
): Promise<{ prediction: RootCausePrediction; attempts: Attempts }> {
  const byPrecedent = (attempts: Attempts) => ({ prediction: predictByPrecedent(evidence), attempts });
  const { chatModel } = ports;
  if (engine === 'precedent' || (engine === 'auto' && !chatModel)) return byPrecedent([]);
  if (!chatModel)
    return byPrecedent([{ model: 'none', reason: 'no LLM is configured: set LLM_BASE_URL and LLM_MODEL' }]);
  const deadline = ports.llmDeadline();
  try {
    return await askLlm(evidence, { ...ports, chatModel }, signal ? AbortSignal.any([signal, deadline]) : deadline);
  } catch (error) {
    signal?.throwIfAborted();
    if (deadline.aborted)
      return byPrecedent([{ model: chatModel.name, reason: 'no answer within the time given to the LLM' }]);
    return byPrecedent([{ model: chatModel.name, reason: reasonOf(error) }]);
  }
}

const MAX_REASON = 300;

/** Ours are worded for the caller; what a driver throws unexpectedly may quote the request that it made. */
function reasonOf(error: unknown): string {
  if (isPrecedentError(error)) return error.message;
  return `an unexpected error: ${withoutSecrets(messageOf(error).slice(0, 4 * MAX_REASON)).slice(0, MAX_REASON)}`;
}

/** Credentials and queries of URLs, what follows an authorisation scheme, and every word long enough to be a key. */
function withoutSecrets(text: string): string {
  return text
    .replace(/\/\/[^/\s@]*@/g, '//***@')
    .replace(/\?\S+=\S*/g, '?***')
    .replace(/\b(bearer|basic)\s+\S+/gi, '$1 ***')
    .replace(/\b(?:sk|key|token)[-_][\w-]+/gi, '***')
    .replace(/(?=[\w+=-]*\d)[\w+=-]{20,}/g, '***');
}

/** The LLM's answer or the end of its time, whichever comes first, even when a driver does not heed the signal. */
async function askLlm(
  evidence: Evidence,
  { chatModel, llmSettings }: { readonly chatModel: ChatModel; readonly llmSettings?: LlmSettings },
  signal: AbortSignal,
): Promise<{ prediction: RootCausePrediction; attempts: Attempts }> {
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const asked = predictByLlm(evidence, { chatModel, ...(llmSettings ? { settings: llmSettings } : {}) }, signal);
  const { prediction, attempts } = await Promise.race([asked, late]);
  return { prediction, attempts };
}
