import { PrecedentError } from '../domain/errors.ts';
import type { ChatModel, ChatReply, ChatRequest } from '../ports.ts';

/** A ChatModel that says its lines in order, keeps what it was asked and refuses to be asked more often. */
export interface ScriptedChatModel extends ChatModel {
  readonly requests: readonly ChatRequest[];
}

/** A line is what the model says, or how it makes that up from the request (an echo, for instance). */
export type ScriptedLine = string | ((request: ChatRequest) => string);

export function createScriptedChatModel(...lines: readonly ScriptedLine[]): ScriptedChatModel {
  const requests: ChatRequest[] = [];
  return {
    name: 'scripted',
    requests,
    async complete(request, signal): Promise<ChatReply> {
      if (signal.aborted) throw new PrecedentError('llm-unavailable', 'scripted: the deadline has passed');
      const line = lines[requests.length];
      requests.push(request);
      if (line === undefined) throw new Error(`scripted: request ${requests.length} was not foreseen`);
      const text = typeof line === 'string' ? line : line(request);
      return { text, model: 'scripted-1', tokens: { input: 100, output: 20 } };
    },
  };
}
