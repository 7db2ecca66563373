import { z } from 'zod';
import { tokenise } from '../diagnose/retrieve/tokenise.ts';
import { MAX_QUESTION } from '../domain/ask.ts';
import type { ConversationTurn } from '../domain/conversation.ts';
import type { Attempt } from '../domain/model-failure.ts';
import { fence, neutralise } from '../llm/fence.ts';
import { completeStructured } from '../llm/structured.ts';
import type { ChatModel } from '../ports.ts';
import { writeRewriteSystem, writeRewriteUser } from './prompts/ask-prompt.v1.ts';

const Rewritten = z.object({ question: z.string().trim().min(1).max(MAX_QUESTION) });

/** What is shown of an answer: its beginning says what it was about. */
const MAX_ANSWER = 1_000;

/**
 * A question that goes on from a conversation, made to stand by itself. What comes back is data: with any word that was
 * neither asked nor answered it is not used.
 */
export async function rewriteQuestion(
  question: string,
  turns: readonly ConversationTurn[],
  { chatModel, onAttempt }: { readonly chatModel: ChatModel; readonly onAttempt: (attempt: Attempt) => void },
  signal: AbortSignal,
): Promise<string | undefined> {
  const told = turns.map((turn, at) => ({
    id: `T${at + 1}`,
    text: `Question: ${turn.question}\nAnswer: ${turn.answer.slice(0, MAX_ANSWER)}`,
  }));
  const { key, blocks } = fence([...told, { id: 'Q', text: question }]);
  const request = {
    system: writeRewriteSystem(key),
    user: writeRewriteUser(blocks.slice(0, -1).join('\n\n'), blocks.at(-1) ?? ''),
    temperature: 0,
  };
  const { value, model } = await completeStructured(chatModel, request, Rewritten, signal, onAttempt);
  const known = new Set(tokenise([question, ...told.map(({ text }) => text)].join('\n')));
  const isKnown = tokenise(value.question).every((word) => known.has(word));
  if (!isKnown) onAttempt({ model, reason: 'its wording of the question holds words that nobody said' });
  return isKnown ? neutralise(value.question) : undefined;
}
