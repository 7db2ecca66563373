import type { ConversationTurn } from '../domain/conversation.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { ConversationStore } from '../ports/conversation.ts';

/** Conversations in this process's memory: for tests, and for trying things out without leaving a trace. */
export function createMemoryConversations(): ConversationStore {
  const turnsOf = new Map<string, ConversationTurn[]>();
  let isOpen = true;
  const enter = (signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (!isOpen) throw new PrecedentError('casebook-unavailable', 'the casebook is closed');
  };
  const keyOf = (id: string, namespace: string) => JSON.stringify([namespace, id]);
  return {
    async saveTurn({ id, namespace }, turn, signal) {
      enter(signal);
      const key = keyOf(id, namespace);
      turnsOf.set(key, [...(turnsOf.get(key) ?? []), structuredClone(turn)]);
    },
    async findTurns(id, namespace, limit, signal) {
      enter(signal);
      const turns = turnsOf.get(keyOf(id, namespace));
      return turns && structuredClone(limit > 0 ? turns.slice(-limit) : []);
    },
    async [Symbol.asyncDispose]() {
      isOpen = false;
    },
  };
}
