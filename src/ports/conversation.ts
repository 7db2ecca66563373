import type { ConversationTurn } from '../domain/conversation.ts';

/** Conversations of `ask`, without secrets. Errors: `casebook-unavailable` (retryable). */
export interface ConversationStore extends AsyncDisposable {
  /** Adds a turn; the first begins the conversation. */
  saveTurn(
    conversation: { id: string; namespace: string },
    turn: ConversationTurn,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Its last turns, oldest first; undefined when this namespace has none of this id. */
  findTurns(
    id: string,
    namespace: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<ConversationTurn[] | undefined>;
}
