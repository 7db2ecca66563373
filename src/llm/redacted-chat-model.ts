import { ModelFailure } from '../domain/model-failure.ts';
import type { Redactor } from '../domain/redaction.ts';
import type { ChatModel } from '../ports.ts';

/**
 * The same model with all that it can do, which is told nothing that the redactor blacks out. When the redactor fails nothing is sent:
 * `llm-unavailable`, so that the diagnosis comes by precedent and says why.
 */
export function redactedChatModel<T extends ChatModel>(model: T, redact: Redactor): T {
  return {
    ...model,
    complete: async (request, signal) => {
      const [system, user] = await redactAll([request.system, request.user], redact, model.name);
      return model.complete({ ...request, system, user }, signal);
    },
  };
}

async function redactAll(
  texts: readonly [string, string],
  redact: Redactor,
  name: string,
): Promise<readonly [string, string]> {
  try {
    const [system, user] = await Promise.all([redact(texts[0]), redact(texts[1])]);
    return [system.text, user.text];
  } catch {
    // What went wrong may quote the text, so it is not passed on.
    const reason = `The LLM ${name} was not asked: redaction of the prompt failed.`;
    throw new ModelFailure(reason, { kind: 'not-asked', attempts: [{ model: name, reason }] });
  }
}
