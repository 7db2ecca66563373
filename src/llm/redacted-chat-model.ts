import { PrecedentError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redaction.ts';
import type { ChatModel } from '../ports.ts';

/**
 * The same model, which is told nothing that the redactor blacks out. When the redactor fails nothing is sent:
 * `llm-unavailable`, so that the diagnosis comes by precedent and says why.
 */
export function redactedChatModel(model: ChatModel, redact: Redactor): ChatModel {
  return {
    name: model.name,
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
    throw new PrecedentError('llm-unavailable', `The LLM ${name} was not asked: redaction of the prompt failed.`);
  }
}
